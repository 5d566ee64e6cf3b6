//! How much memory a process holds, as Linux says.
use anyhow::Context as _;

/// Resident memory of the process `pid`, in MiB.
pub fn resident(pid: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).context("the server has ended")?;
    kibibytes(&status).map(|kibibytes| kibibytes / 1024).context("/proc names no VmRSS")
}

/// Fewer calls say more of how a process warms up than of how it goes on.
const ENOUGH: u32 = 5_000;
/// Most that memory may grow by over the second half, as a share of what it was half-way.
const GROWTH: f64 = 0.05;

/// Whether memory stays where it is while calls go on: `samples` are calls so far and MiB then, in order. A run of fewer than
/// 5,000 calls is not judged.
pub fn is_flat(samples: &[(u32, u64)]) -> bool {
    let Some(&(calls, last)) = samples.last().filter(|(calls, _)| *calls >= ENOUGH) else { return true };
    let half = samples.iter().find(|(at, _)| at * 2 >= calls).map_or(last, |(_, resident)| *resident);
    last as f64 <= half as f64 * (1.0 + GROWTH)
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

    #[track_caller]
    fn check(samples: &[(u32, u64)], expected: bool) {
        assert_eq!(is_flat(samples), expected, "{samples:?}");
    }

    #[test]
    fn memory_is_judged_by_the_second_half_of_a_long_run() {
        check(&[(0, 88), (5_000, 92), (10_000, 94)], true);
        check(&[(0, 113), (5_000, 160), (10_000, 208)], false);
        check(&[(0, 40), (5_000, 100), (10_000, 105)], true);
        check(&[(0, 40), (5_000, 100), (10_000, 106)], false);
        check(&[(0, 40), (4_000, 200)], true);
        check(&[], true);
    }
}
