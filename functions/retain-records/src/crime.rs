//! The day files of the crime log, by their date.
use anyhow::{Result, anyhow};
use aws_sdk_s3::config::{Builder, RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::DisplayErrorContext;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use startup::Runtime;

const PREFIX: &str = "crime/day=";

/// The files in the internal bucket.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    s3: aws_sdk_s3::Client,
    bucket: String,
}

impl Files {
    pub(crate) fn new(runtime: &Runtime) -> Result<Self> {
        let config = Builder::from(&runtime.sdk)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        let bucket = runtime.variables.required("INTERNAL_BUCKET")?;
        Ok(Self { s3: aws_sdk_s3::Client::from_conf(config), bucket })
    }

    /// Keys of the files whose day had ended at `bound`; keys sort by date, so that reading stops there.
    pub(crate) async fn up_to(&self, bound: Timestamp) -> Result<Vec<String>> {
        let (mut found, mut next) = (Vec::new(), None);
        loop {
            let call = self.s3.list_objects_v2().bucket(&self.bucket).prefix(PREFIX);
            let page = Box::pin(call.set_continuation_token(next).send()).await;
            let page = page
                .map_err(|error| anyhow!("the crime log cannot be listed: {}", DisplayErrorContext(error)))?;
            for key in page.contents().iter().filter_map(|object| object.key()) {
                match end_of(key) {
                    Some(end) if end <= bound => found.push(key.to_owned()),
                    _ => return Ok(found),
                }
            }
            next = page.next_continuation_token().map(str::to_owned);
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<()> {
        let deleted = Box::pin(self.s3.delete_object().bucket(&self.bucket).key(key).send()).await;
        deleted.map(drop).map_err(|error| anyhow!("{key} cannot be deleted: {}", DisplayErrorContext(error)))
    }
}

/// When the day of a file ended.
fn end_of(key: &str) -> Option<Timestamp> {
    let date: Date = key.strip_prefix(PREFIX)?.split('/').next()?.parse().ok()?;
    let midnight = date.tomorrow().ok()?.to_datetime(Time::midnight());
    Some(midnight.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_over_when_its_day_is() {
        let end = end_of("crime/day=2026-07-04/part.parquet");
        assert_eq!(end, Some("2026-07-05T00:00:00Z".parse().unwrap()));
        assert_eq!(end_of("crime/facts/1-0.json"), None);
    }
}
