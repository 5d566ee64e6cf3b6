//! The digest of an agency folder: of the one here, and of the one inside a function's package, a ZIP file. Only names and
//! bytes count, so that packing changes nothing.
use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use flate2::read::DeflateDecoder;
use sha2::{Digest, Sha256};

/// What a package holds of the agency folder begins so.
const PREFIX: &str = "agency/";
/// Largest file of an agency folder that is unpacked; a boundary of a big city has a few megabytes.
const LARGEST: u64 = 64 << 20;

/// Digest of the folder at `root`.
pub fn of_folder(root: &Path) -> anyhow::Result<String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
                files.insert(name, fs::read(&path)?);
            }
        }
    }
    Ok(digest(&files))
}

/// Digest of the agency folder in the package `zip`.
pub fn of_package(zip: &[u8]) -> anyhow::Result<String> {
    let mut files = BTreeMap::new();
    for entry in entries(zip)? {
        if let Some(name) =
            entry.name.strip_prefix(PREFIX).filter(|name| !name.is_empty() && !name.ends_with('/'))
        {
            files.insert(name.to_owned(), entry.unpacked(zip)?);
        }
    }
    ensure!(!files.is_empty(), "the package holds no agency folder");
    Ok(digest(&files))
}

fn digest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files {
        hash.update(format!("{name}\n{}\n", bytes.len()));
        hash.update(bytes);
    }
    hex::encode(hash.finalize())
}

/// A file in a ZIP file, as its central directory has it.
struct Entry {
    name: String,
    method: u64,
    packed: usize,
    size: u64,
    at: usize,
}

/// The little-endian number of `width` bytes at `at`.
fn number(bytes: &[u8], at: usize, width: usize) -> anyhow::Result<u64> {
    let part = bytes.get(at..at + width).context("the package ends too early")?;
    Ok(part.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

fn place(bytes: &[u8], at: usize, width: usize) -> anyhow::Result<usize> {
    Ok(usize::try_from(number(bytes, at, width)?)?)
}

/// The central directory, which stands at the end (APPNOTE 4.3.12 and 4.3.16). Lambda's packages stay below the sizes that
/// need ZIP64.
fn entries(zip: &[u8]) -> anyhow::Result<Vec<Entry>> {
    let end = zip.windows(4).rposition(|four| four == b"PK\x05\x06").context("the package is no ZIP file")?;
    let (count, mut at) = (number(zip, end + 10, 2)?, place(zip, end + 16, 4)?);
    let mut entries = Vec::new();
    for _ in 0..count {
        ensure!(zip.get(at..at + 4) == Some(b"PK\x01\x02"), "the package's directory is damaged");
        let [name, extra, comment] = [28, 30, 32].map(|offset| place(zip, at + offset, 2));
        let name_end = at + 46 + name?;
        let name = zip.get(at + 46..name_end).context("the package ends too early")?;
        entries.push(Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            method: number(zip, at + 10, 2)?,
            packed: place(zip, at + 20, 4)?,
            size: number(zip, at + 24, 4)?,
            at: place(zip, at + 42, 4)?,
        });
        at = name_end + extra? + comment?;
    }
    Ok(entries)
}

impl Entry {
    fn unpacked(&self, zip: &[u8]) -> anyhow::Result<Vec<u8>> {
        ensure!(self.size <= LARGEST, "{} is too large for a file of settings", self.name);
        let data = self.at + 30 + place(zip, self.at + 26, 2)? + place(zip, self.at + 28, 2)?;
        let packed = zip.get(data..data + self.packed).context("the package ends too early")?;
        match self.method {
            0 => Ok(packed.to_vec()),
            8 => {
                let mut bytes = Vec::new();
                DeflateDecoder::new(packed).take(LARGEST).read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            other => bail!("{} is packed by a method ({other}) that Lambda does not take", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    use super::*;

    /// A ZIP file as Python's zipfile writes it: local headers, then the directory.
    fn zip(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
        let (mut zip, mut directory) = (Vec::new(), Vec::new());
        for (name, bytes, deflated) in files {
            let mut packer = DeflateEncoder::new(Vec::new(), Compression::default());
            packer.write_all(bytes).unwrap();
            let packed = if *deflated { packer.finish().unwrap() } else { bytes.to_vec() };
            let method = if *deflated { 8_u16 } else { 0 };
            let (size, packed_size) = (bytes.len() as u32, packed.len() as u32);
            let at = zip.len() as u32;
            let mut common = Vec::new();
            common.extend([20_u16, 0, method, 0, 0].iter().flat_map(|part| part.to_le_bytes()));
            common.extend([0, packed_size, size].iter().flat_map(|part| part.to_le_bytes()));
            common.extend([name.len() as u16, 0].iter().flat_map(|part| part.to_le_bytes()));
            zip.extend(b"PK\x03\x04");
            zip.extend(&common);
            zip.extend(name.as_bytes());
            zip.extend(&packed);
            directory.extend(b"PK\x01\x02\x14\x00");
            directory.extend(&common);
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(name.as_bytes());
        }
        let (start, count) = (zip.len() as u32, files.len() as u16);
        let size = directory.len() as u32;
        zip.extend(&directory);
        zip.extend(b"PK\x05\x06\0\0\0\0");
        zip.extend([count, count].iter().flat_map(|part| part.to_le_bytes()));
        zip.extend([size, start].iter().flat_map(|part| part.to_le_bytes()));
        zip.extend([0, 0]);
        zip
    }

    #[test]
    fn a_folder_and_its_package_have_one_digest() {
        let root = std::env::temp_dir().join(format!("precinct-package-{}", std::process::id()));
        fs::create_dir_all(root.join("texts/en")).unwrap();
        fs::write(root.join("agency.toml"), "name = \"X\"\n").unwrap();
        fs::write(root.join("texts/en/a.toml"), "text = \"y\"\n".repeat(50)).unwrap();
        let long = "text = \"y\"\n".repeat(50);
        let packed = |name: &[u8]| {
            zip(&[
                ("bootstrap", b"code", true),
                ("agency/", b"", false),
                ("agency/texts/en/a.toml", long.as_bytes(), true),
                ("agency/agency.toml", name, false),
            ])
        };
        let here = of_folder(&root).unwrap();
        assert_eq!(of_package(&packed(b"name = \"X\"\n")).unwrap(), here);
        assert_ne!(of_package(&packed(b"name = \"Z\"\n")).unwrap(), here);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn what_is_no_package_is_refused() {
        let check = |bytes: &[u8], why: &str| {
            let error = of_package(bytes).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        };
        check(b"<html>", "no ZIP file");
        check(&zip(&[("bootstrap", b"code", true)]), "holds no agency folder");
        let whole = zip(&[("agency/a", b"code", true)]);
        check(&whole[10..], "damaged");
    }
}
