//! JSON packed by DEFLATE, stored as bytes: the rows that every event writes stay below the kilobyte that one write
//! unit pays for.
use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use serde::de::{DeserializeOwned, Error as _, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::StoreError;

/// Largest value that is packed, in bytes: what is stored must be read again, by every event that follows.
const LARGEST_PACKED: usize = 1024 * 1024;
/// Largest value that is unpacked; more is damage.
const LARGEST: usize = 4 * 1024 * 1024;
/// Room for a value that unpacks to no more than most do.
const USUAL: usize = 2 * 1024;

/// A packed value, as a binary attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packed(Vec<u8>);

impl Packed {
    /// Packs `value`.
    pub(crate) fn new(what: &'static str, value: &impl Serialize) -> Result<Self, StoreError> {
        Ok(Self(pack_json(what, value)?))
    }

    /// Its size in bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value. An error names the kind of fault, never a part of the value.
    pub(crate) fn read<T: DeserializeOwned>(&self, what: &'static str) -> Result<T, StoreError> {
        let json = unpack(&self.0).ok_or_else(|| StoreError::malformed(what, "it does not unpack"))?;
        serde_json::from_slice(&json)
            .map_err(|error| StoreError::malformed(what, format!("{:?}", error.classify())))
    }
}

/// Packs `value` as JSON; `Full` where it is larger than what is read back.
pub(crate) fn pack_json(what: &'static str, value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    // serde_json's message may quote a value: only its kind of fault is passed on.
    let json = serde_json::to_vec(value)
        .map_err(|error| StoreError::malformed(what, format!("{:?}", error.classify())))?;
    if json.len() > LARGEST_PACKED {
        return Err(StoreError::Full { what });
    }
    Ok(pack(&json))
}

thread_local! {
    /// Its tables are some hundred kilobytes: to make them for each row takes longer than to pack it.
    static COMPRESS: RefCell<Compress> = RefCell::new(Compress::new(Compression::best(), false));
    static DECOMPRESS: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Packs bytes.
pub(crate) fn pack(plain: &[u8]) -> Vec<u8> {
    COMPRESS.with_borrow_mut(|compress| {
        compress.reset();
        let mut packed = Vec::with_capacity(plain.len() / 2 + 64);
        loop {
            let read = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
            let rest = plain.get(read..).unwrap_or_default();
            match compress.compress_vec(rest, &mut packed, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => return packed,
                Ok(_) => packed.reserve(plain.len() + 64),
                // What is half packed must never be stored.
                Err(error) => {
                    unreachable!("from memory into memory, want of room is all that can be: {error}")
                }
            }
        }
    })
}

/// Unpacks bytes; `None` where they are none of [`pack`], or not all of them.
pub(crate) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    DECOMPRESS.with_borrow_mut(|decompress| {
        decompress.reset(false);
        let mut plain = Vec::with_capacity(USUAL.max(packed.len() * 4));
        loop {
            let read = usize::try_from(decompress.total_in()).ok()?;
            let (had, room) = (plain.len(), plain.capacity());
            let rest = packed.get(read..)?;
            match decompress.decompress_vec(rest, &mut plain, FlushDecompress::None) {
                Ok(Status::StreamEnd) => return Some(plain),
                // What is cut short asks for more and has room left.
                Ok(_) if plain.len() == had && plain.len() < room || plain.len() > LARGEST => return None,
                Ok(_) => plain.reserve(plain.len() + USUAL),
                Err(_) => return None,
            }
        }
    })
}

impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Packed;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Packed, E> {
                Ok(Packed(bytes.to_vec()))
            }
            fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> Result<Packed, E> {
                Ok(Packed(bytes))
            }
            fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Packed, E> {
                Err(E::custom("a text where packed bytes belong"))
            }
        }
        deserializer.deserialize_byte_buf(Bytes).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_packing_leaves_nothing_to_the_next() {
        // What does not pack takes more room than was set aside for it.
        let bytes = |seed: u32, length: u32| -> Vec<u8> {
            (0..length)
                .map(|place| (place.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 13) as u8)
                .collect()
        };
        let plains = [bytes(1, 70_000), Vec::new(), b"aaaaaaaaaaaaaaaa".to_vec(), bytes(2, 300)];
        let first: Vec<Vec<u8>> = plains.iter().map(|plain| pack(plain)).collect();
        for (plain, first) in plains.iter().zip(&first) {
            assert_eq!(unpack(first).as_ref(), Some(plain));
            assert_eq!(pack(plain), *first);
            assert!(unpack(&first[..first.len() - 1]).is_none(), "cut short");
        }
    }

    #[test]
    fn what_is_packed_reads_back_and_nonsense_does_not() {
        let value = vec!["2026-07-04T14:00:00Z"; 9];
        let packed = Packed::new("test", &value).unwrap();
        let plain = serde_json::to_vec(&value).unwrap().len();
        assert!(packed.0.len() < plain / 4, "{} of {plain} bytes", packed.0.len());
        assert_eq!(packed.read::<Vec<String>>("test").unwrap(), value);
        let full = Packed::new("test", &"x".repeat(LARGEST_PACKED));
        assert!(matches!(full, Err(StoreError::Full { .. })), "what is stored can be read back");
        let broken = Packed(vec![0xff; 8]).read::<Vec<String>>("test").unwrap_err();
        assert!(matches!(broken, StoreError::Malformed { .. }));
    }
}
