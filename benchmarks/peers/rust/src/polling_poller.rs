use crate::{number_of, Handler};
use polling::{Event, Poller};
use std::cell::UnsafeCell;
use std::io;
use std::os::raw::{c_char, c_int, c_void};
use std::time::Duration;

pub struct PollingPoller {
    poller: Poller,
    // Borrowed mutably only inside of `turn`, while no handler runs.
    events: UnsafeCell<Vec<Event>>,
}

impl PollingPoller {
    fn wait(&self, timeout: Option<Duration>) -> io::Result<()> {
        let events = unsafe { &mut *self.events.get() };
        events.clear();
        match self.poller.wait(events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            result => result.map(|_| ()),
        }
    }
}

fn event(key: usize, is_writable: bool) -> Event {
    if is_writable {
        Event::writable(key)
    } else {
        Event::readable(key)
    }
}

#[no_mangle]
pub extern "C" fn polling_version() -> *const c_char {
    concat!(env!("POLLING_VERSION"), "\0").as_ptr().cast()
}

#[no_mangle]
pub extern "C" fn polling_new() -> *mut PollingPoller {
    Poller::new().map_or(std::ptr::null_mut(), |poller| {
        Box::into_raw(Box::new(PollingPoller {
            poller,
            events: UnsafeCell::new(Vec::new()),
        }))
    })
}

#[no_mangle]
pub unsafe extern "C" fn polling_delete(poller: *mut PollingPoller) {
    drop(Box::from_raw(poller));
}

#[no_mangle]
pub unsafe extern "C" fn polling_add(
    poller: *const PollingPoller,
    fd: c_int,
    key: usize,
    is_writable: bool,
) -> c_int {
    number_of((*poller).poller.add(fd, event(key, is_writable)))
}

#[no_mangle]
pub unsafe extern "C" fn polling_modify(
    poller: *const PollingPoller,
    fd: c_int,
    key: usize,
    is_writable: bool,
) -> c_int {
    number_of((*poller).poller.modify(fd, event(key, is_writable)))
}

#[no_mangle]
pub unsafe extern "C" fn polling_remove(poller: *const PollingPoller, fd: c_int) -> c_int {
    number_of((*poller).poller.delete(fd))
}

#[no_mangle]
pub unsafe extern "C" fn polling_wake(poller: *const PollingPoller) -> c_int {
    number_of((*poller).poller.notify())
}

#[no_mangle]
pub unsafe extern "C" fn polling_turn(
    poller: *const PollingPoller,
    waits: bool,
    handler: Handler,
    argument: *mut c_void,
) -> c_int {
    let poller = &*poller;
    let timeout = if waits { None } else { Some(Duration::ZERO) };
    if let Err(error) = poller.wait(timeout) {
        return number_of(Err(error));
    }
    let events = &*poller.events.get();
    for event in events {
        handler(argument, event.key);
    }
    0
}
