//! Figures by group. The file is opened after everybody is scored, and what is read from it goes nowhere else.
use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use eis::accuracy::{GroupRates, Marked, by_group};

use super::history::Demographics;
use super::measures::{SEED, first_five};
use super::sheet::Sheet;
use super::snapshot::Snapshot;

/// Flag rate, precision and false omission at the first 5 % of the score, by attribute and group.
pub(super) fn groups(
    from: &Demographics,
    folder: &Path,
    snapshots: &[Snapshot],
    rounds: usize,
) -> Result<BTreeMap<String, BTreeMap<String, GroupRates>>> {
    let sheet = Sheet::read(folder, &from.file, None)?;
    let id = sheet.column(&from.officer)?;
    let mut attributes = BTreeMap::new();
    for column in &from.columns {
        let group = sheet.column(column)?;
        let known: BTreeMap<&str, &str> =
            sheet.rows().map(|row| (row.text(id), row.text(group))).filter(|row| !row.1.is_empty()).collect();
        let mut rows = Vec::new();
        for snapshot in snapshots {
            let flags = first_five(snapshot.of("score"));
            for (index, officer) in snapshot.officers.iter().enumerate() {
                let group = known.get(officer.as_str()).copied().unwrap_or("not recorded");
                rows.push(Marked { officer, group, flag: flags[index], hit: snapshot.hits[index] });
            }
        }
        attributes.insert(column.clone(), by_group(&rows, rounds, SEED));
    }
    Ok(attributes)
}
