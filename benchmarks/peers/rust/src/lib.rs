//! mio and polling for C++: see rust_peers.h, which says what the functions do.
//!
//! A call that fails returns the error's number, 0 otherwise. A handler may call
//! every function but `*_turn` for the same poller: nothing here is borrowed
//! mutably while it runs.

mod mio_poller;
mod polling_poller;

use std::io;
use std::os::raw::{c_int, c_void};

/// Told of the key of what is ready.
type Handler = extern "C" fn(*mut c_void, usize);

fn number_of(result: io::Result<()>) -> c_int {
    match result {
        Ok(()) => 0,
        Err(error) => error.raw_os_error().unwrap_or(-1),
    }
}
