//! What the process takes.

/// Resident memory in bytes, where the system tells (`/proc/self/status`, field `VmRSS`).
pub(super) fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_written_to_counts() {
        let before = resident_bytes().unwrap();
        let page = std::hint::black_box(vec![1u8; 64 << 20]);
        let after = resident_bytes().unwrap();
        drop(page);
        assert!(
            before > 1 << 20 && after > before + (32 << 20),
            "{before} {after}"
        );
    }
}
