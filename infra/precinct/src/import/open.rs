//! Opens files as people have them: packed or not, with a bar that shows how far reading came.
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};

/// `file`, read through gzip where its name ends in `.gz`.
pub(super) fn unpacked<'r>(path: &Path, file: impl Read + Send + 'r) -> Box<dyn Read + Send + 'r> {
    if path.extension().is_some_and(|extension| extension == "gz") {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file)))
    } else {
        Box::new(BufReader::with_capacity(1 << 16, file))
    }
}

/// A bar on the terminal; nothing where the output goes elsewhere.
pub(super) fn progress(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style)
}
