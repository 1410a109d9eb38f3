use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::time::Duration;

use rtest_core::BrokenThing;
use rtest_core::event::RollbackProof;
use rtest_proxy::{Proxy, ProxyError};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How long a proxy that listens may take to accept.
const ACCEPT_LIMIT: Duration = Duration::from_secs(1);

/// A link that several faults may break at the same time.
#[derive(Debug)]
pub struct FaultyLink {
    proxy: Proxy,
    /// The faults that hold it down; it is up again when the last of them is over. Held across
    /// the change of the proxy, so that one fault's end cannot overtake another's beginning.
    held_down_by: Mutex<BTreeSet<String>>,
}

impl FaultyLink {
    /// The link that runs through this proxy.
    pub fn new(proxy: Proxy) -> Self {
        Self {
            proxy,
            held_down_by: Mutex::default(),
        }
    }

    pub(super) fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// Closes the link for as long as `fault` holds it.
    pub(super) async fn hold_down(&self, fault: &str) {
        let mut holders = self.held_down_by.lock().await;
        holders.insert(fault.to_owned());
        self.proxy.disable().await;
    }

    /// Ends `fault`'s hold, and opens the link unless another fault holds it. Returns the others.
    pub(super) async fn let_up(&self, fault: &str) -> Result<BTreeSet<String>, ProxyError> {
        let mut holders = self.held_down_by.lock().await;
        holders.remove(fault);
        if holders.is_empty() {
            self.proxy.enable().await?;
        }
        Ok(holders.clone())
    }

    /// The link as the undo journal has it.
    pub(super) fn as_broken(&self) -> BrokenThing {
        BrokenThing::Link {
            listen: self.proxy.listen().to_string(),
        }
    }

    /// Removes the toxic of this name, and looks whether it is gone.
    pub(super) fn without_toxic(&self, name: &str) -> RollbackProof {
        // An error means that there is none of this name, which is what is wanted.
        let _ = self.proxy.remove_toxic(name);
        let toxics = self.proxy.toxics();
        RollbackProof {
            clean: !toxics.iter().any(|toxic| toxic.name == name),
            seen: self.describe(),
        }
    }

    /// The state that is meant to be left behind: `listens on 127.0.0.1:4000, 0 toxics`.
    pub(super) fn describe(&self) -> String {
        let toxics = self.proxy.toxics().len();
        format!(
            "{} {}, {toxics} toxic{}",
            if !self.proxy.is_enabled() {
                "is down on"
            } else if self.proxy.is_broken_off() {
                "resets connections on"
            } else {
                "listens on"
            },
            self.proxy.listen(),
            if toxics == 1 { "" } else { "s" },
        )
    }

    /// Whether a client would get through, tried as a client would.
    pub(super) async fn prove_up(&self) -> RollbackProof {
        let connecting = TcpStream::connect(self.proxy.listen());
        let refused = match timeout(ACCEPT_LIMIT, connecting).await {
            Ok(Ok(_)) => None,
            // It was accepted, and then reset because the upstream is not there: not our doing.
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("it did not accept".to_owned()),
        };
        RollbackProof {
            clean: refused.is_none() && !self.proxy.is_broken_off(),
            seen: match refused {
                None => format!("accepts connections, {}", self.describe()),
                Some(error) => format!("cannot be connected to ({error}), {}", self.describe()),
            },
        }
    }
}
