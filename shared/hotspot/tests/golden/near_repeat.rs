//! near repeat
