use rtest_core::Template;

use crate::record::record;

record! {
    /// How requests prove who sends them.
    Auth, "authentication", one of ["basic", "bearer", "digest"] {
        /// User and password as they are (RFC 7617).
        basic "basic": optional Login,
        /// A token, sent as `authorization: Bearer …` (RFC 6750).
        bearer "bearer": optional Template,
        /// User and password against the target's challenge (RFC 7616). The challenge is part of the request's time.
        digest "digest": optional Login,
    }
}

record! {
    /// User and password.
    Login, "a login" {
        /// The user.
        user "user": required Template,
        /// The password.
        password "password": required Template,
    }
}
