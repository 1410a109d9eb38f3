/// Why a system call failed: Linux's error numbers, as far as the simulated world has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::upper_case_acronyms)] // their names everywhere
pub(crate) enum Errno {
    EPERM = 1,
    ENOENT = 2,
    EIO = 5,
    EBADF = 9,
    EACCES = 13,
    EEXIST = 17,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    EMFILE = 24,
    ENOSPC = 28,
    EPIPE = 32,
    ENAMETOOLONG = 36,
    ENOTEMPTY = 39,
    ELOOP = 40,
    EADDRINUSE = 98,
    EADDRNOTAVAIL = 99,
    ENETUNREACH = 101,
    ECONNRESET = 104,
    ENOTCONN = 107,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
}

impl Errno {
    /// As libuv returns it: negative.
    pub(crate) const fn code(self) -> i32 {
        -(self as i32)
    }
}

/// The name of libuv's negative number, `EOF` included.
pub(crate) fn error_name(code: i32) -> String {
    const ALL: [Errno; 22] = [
        Errno::EPERM,
        Errno::ENOENT,
        Errno::EIO,
        Errno::EBADF,
        Errno::EACCES,
        Errno::EEXIST,
        Errno::ENOTDIR,
        Errno::EISDIR,
        Errno::EINVAL,
        Errno::EMFILE,
        Errno::ENOSPC,
        Errno::EPIPE,
        Errno::ENAMETOOLONG,
        Errno::ENOTEMPTY,
        Errno::ELOOP,
        Errno::EADDRINUSE,
        Errno::EADDRNOTAVAIL,
        Errno::ENETUNREACH,
        Errno::ECONNRESET,
        Errno::ENOTCONN,
        Errno::ETIMEDOUT,
        Errno::ECONNREFUSED,
    ];
    match ALL.iter().find(|errno| errno.code() == code) {
        Some(errno) => format!("{errno:?}"),
        None => "end".to_owned(),
    }
}
