use super::call::HostFunction;

/// What virtual users of a script have in common.
#[derive(Clone, Debug)]
pub struct VirtualUserOptions {
    /// The global functions by which a script reaches its host.
    pub functions: Vec<HostFunction>,
    /// Bytes of stack; 1 MiB unless set, 256 KiB at least. Only what is touched takes memory.
    pub stack: usize,
    /// Bytes of memory that the script may use; 16 MiB unless set.
    pub memory: usize,
    /// Loop turns and calls between two calls of the host, counted in ten thousands; 1,000
    /// million unless set.
    pub steps: u64,
}

impl Default for VirtualUserOptions {
    fn default() -> Self {
        Self {
            functions: Vec::new(),
            stack: 1 << 20,
            memory: 16 << 20,
            steps: 1_000_000_000,
        }
    }
}
