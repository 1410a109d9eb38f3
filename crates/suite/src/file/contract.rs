use crate::collection::Named;
use crate::record::record;
use crate::scalar::{Json, True};
use crate::shape::{Entry, Field};

record! {
    /// A pact, or a folder of pacts, that a provider must fulfil.
    Contract, "a contract" {
        /// A pact file, or a folder of them, relative to the suite file.
        pact "pact": required String,
        /// The provider's name in the pacts.
        provider "provider": required String,
        /// Where the provider is: a service, or `http://host[:port]`. The service of the provider's name where absent.
        target "target": optional String,
        /// Provider states by their text in the pacts, and what sets each up.
        states "states": optional Named<State>,
    }
}

record! {
    /// What sets up a provider state.
    State, "a provider state", one of ["http", "nothing"] {
        /// A call to the provider; any status but 2xx is a failure.
        http "http": optional StateCall,
        /// Nothing: the provider is in this state anyway.
        nothing "nothing": optional True,
    }
}

record! {
    /// A call to the provider.
    StateCall, "a state's call", one of ["get", "post", "put", "patch", "delete"] {
        /// Sends a GET request to this path.
        get "get": optional String,
        /// Sends a POST request to this path.
        post "post": optional String,
        /// Sends a PUT request to this path.
        put "put": optional String,
        /// Sends a PATCH request to this path.
        patch "patch": optional String,
        /// Sends a DELETE request to this path.
        delete "delete": optional String,
        /// A JSON body, of any shape.
        json "json": optional Json,
    }
}

impl StateCall {
    /// Method and path.
    pub(crate) fn request(&self) -> Option<(&'static str, &Entry<String>)> {
        [
            ("GET", &self.get),
            ("POST", &self.post),
            ("PUT", &self.put),
            ("PATCH", &self.patch),
            ("DELETE", &self.delete),
        ]
        .into_iter()
        .find_map(|(method, path): (_, &Field<_>)| Some((method, path.entry()?)))
    }
}
