//! Environment variables as a value: read once at start, each error naming the variable and its form.
use std::collections::BTreeMap;
use std::str::FromStr;

/// The variables a function was started with. The process environment in production, a map in tests.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, String>);

/// A variable is missing or unreadable; the text says which and what it should hold.
#[derive(Debug, thiserror::Error)]
pub enum VariableError {
    /// The variable is not set, or set to nothing.
    #[error("environment variable {0} is not set; the template sets it on every function that needs it")]
    Missing(&'static str),
    /// The variable holds something of another form.
    #[error("environment variable {name} must be {form}")]
    Malformed {
        /// Its name.
        name: &'static str,
        /// The form expected.
        form: &'static str,
    },
}

impl Variables {
    /// The variables of this process.
    pub fn process() -> Self {
        Self(std::env::vars().collect())
    }

    /// The value of `name`; an empty value counts as missing.
    pub fn required(&self, name: &'static str) -> Result<String, VariableError> {
        self.optional(name).ok_or(VariableError::Missing(name))
    }

    /// The value of `name`, if set and not empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// The value of `name` read as `T`, or `fallback` where it is not set.
    pub fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        form: &'static str,
        fallback: T,
    ) -> Result<T, VariableError> {
        self.optional(name)
            .map_or(Ok(fallback), |text| text.parse().map_err(|_| VariableError::Malformed { name, form }))
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}
