//! `precinct export audit`: the audit trail of some days. Who acted and about whom stand there as pseudonyms; naming one
//! picks the records that carry theirs.
use std::path::PathBuf;

use anyhow::Context as _;
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use clap::Args;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::export::{empty_folder, put, write_files};
use super::place::{Place, Where};
use super::target::normalised;

/// Which part of the trail.
#[derive(Args, Clone, Debug)]
pub struct ExportAudit {
    /// First day, UTC.
    #[arg(long)]
    pub from: Date,
    /// Last day, UTC.
    #[arg(long)]
    pub to: Date,
    /// Only what one member of staff did, by the subject of the sign-in token or the `--by` of a command.
    #[arg(long)]
    pub actor: Option<String>,
    /// Only what was done about one call, case, officer or address.
    #[arg(long)]
    pub about: Option<String>,
    /// Folder for the copy; it must be new or empty.
    #[arg(long)]
    pub out: PathBuf,
    /// Who makes the copy.
    #[arg(long)]
    pub by: String,
    /// Where.
    #[command(flatten)]
    pub place: Where,
}

impl ExportAudit {
    /// Makes the copy and prints what is in it.
    pub async fn run(&self) -> anyhow::Result<()> {
        tell!("{}", self.at(&self.place.open().await?).await?);
        Ok(())
    }

    /// The same from an opened place.
    pub async fn at(&self, place: &Place) -> anyhow::Result<String> {
        empty_folder(&self.out)?;
        place.audit(&self.by, "precinct export audit", self.about.clone(), 200).await?;
        let (actor, about) = self.pseudonyms(place).await?;
        let mut records = Vec::new();
        let mut day = self.from;
        while day <= self.to {
            for record in of_day(place, day).await? {
                let by = actor.as_ref().is_none_or(|actor| record["actor"] == **actor);
                let named =
                    |one: &Value| about.as_ref().is_some_and(|about| about.iter().any(|name| one == name));
                let concerns = about.is_none() || record["about"].as_array().into_iter().flatten().any(named);
                if by && concerns {
                    records.push(record);
                }
            }
            day = day.tomorrow().context("the calendar ends there")?;
        }
        records.sort_by_key(|record| record["at"].as_str().map(str::to_owned));
        let files = write_files(&self.out, vec![("audit.json", serde_json::to_vec_pretty(&records)?)])?;
        let manifest = json!({"made_at": place.now(), "about": "audit", "from": self.from, "to": self.to,
            "records": records.len(), "files": files});
        put(&self.out, "manifest.json", &serde_json::to_vec_pretty(&manifest)?)?;
        Ok(format!("{} records written to {}", records.len(), self.out.display()))
    }

    async fn pseudonyms(&self, place: &Place) -> anyhow::Result<(Option<String>, Option<Vec<String>>)> {
        let messages = &place.opener.planning.messages;
        let actor = match &self.actor {
            Some(actor) => Some(messages.pseudonym(&format!("staff|{actor}")).await?),
            None => None,
        };
        let Some(about) = &self.about else { return Ok((actor, None)) };
        let mut names = vec![messages.pseudonym(&format!("about|{about}")).await?];
        // Whoever recorded an address recorded its index, or the address as the tables know it.
        if let Some(address) = normalised(about) {
            let index = place.opener.planning.contacts.index(&address).await?;
            names.push(messages.pseudonym(&format!("about|{index}")).await?);
            names.push(messages.pseudonym(&format!("about|{address}")).await?);
        }
        Ok((actor, Some(names)))
    }
}

/// The records of a day, as they are stored.
async fn of_day(place: &Place, day: Date) -> anyhow::Result<Vec<Value>> {
    let runtime = place.runtime();
    let config = Builder::from(&runtime.sdk)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build();
    let s3 = aws_sdk_s3::Client::from_conf(config);
    let bucket = runtime.variables.required("AUDIT_BUCKET")?;
    let (mut records, mut next) = (Vec::new(), None);
    loop {
        let call = s3.list_objects_v2().bucket(&bucket).prefix(format!("audit/{day}/"));
        let page =
            call.set_continuation_token(next).send().await.context("the audit trail cannot be listed")?;
        for key in page.contents().iter().filter_map(|object| object.key()) {
            let object = s3.get_object().bucket(&bucket).key(key).send().await;
            let object = object.with_context(|| format!("{key} cannot be read"))?;
            let body = object.body.collect().await?.into_bytes();
            records.push(serde_json::from_slice(&body).with_context(|| format!("{key} is no record"))?);
        }
        next = page.next_continuation_token().map(str::to_owned);
        if next.is_none() {
            return Ok(records);
        }
    }
}
