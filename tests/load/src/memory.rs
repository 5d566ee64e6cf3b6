//! How much memory a process holds, as Linux says.
use anyhow::Context as _;

/// Resident memory of the process `pid`, in MiB.
pub fn resident(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server has ended")?;
    kibibytes(&status).map(|kibibytes| kibibytes / 1024).context("/proc names no VmRSS")
}

fn kibibytes(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_resident_memory_is_read() {
        assert_eq!(kibibytes("Name:\tprecinct\nVmHWM:\t 9 kB\nVmRSS:\t  4096 kB\n"), Some(4096));
        assert_eq!(kibibytes("Name:\tprecinct\n"), None);
    }
}
