//! The operating system's randomness, by the library that also encrypts.

/// Fills `bytes`; the generator cannot fail once the process runs.
pub fn fill_from_system(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the system generator answers");
}
