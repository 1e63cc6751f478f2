use crate::{number_of, Handler};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use std::cell::UnsafeCell;
use std::io;
use std::os::raw::{c_char, c_int, c_void};
use std::time::Duration;

const ROOM: usize = 1024;
const WAKER: Token = Token(usize::MAX);

pub struct MioPoller {
    // Borrowed mutably only inside of `turn`, while no handler runs.
    poll: UnsafeCell<Poll>,
    events: UnsafeCell<Events>,
    waker: Waker,
}

impl MioPoller {
    fn new() -> io::Result<MioPoller> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        Ok(MioPoller {
            poll: UnsafeCell::new(poll),
            events: UnsafeCell::new(Events::with_capacity(ROOM)),
            waker,
        })
    }

    fn poll(&self) -> &Poll {
        unsafe { &*self.poll.get() }
    }

    fn wait(&self, timeout: Option<Duration>) -> io::Result<()> {
        let (poll, events) = unsafe { (&mut *self.poll.get(), &mut *self.events.get()) };
        match poll.poll(events, timeout) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                events.clear();
                Ok(())
            }
            result => result,
        }
    }
}

fn interest(is_writable: bool) -> Interest {
    if is_writable {
        Interest::WRITABLE
    } else {
        Interest::READABLE
    }
}

#[no_mangle]
pub extern "C" fn mio_version() -> *const c_char {
    concat!(env!("MIO_VERSION"), "\0").as_ptr().cast()
}

#[no_mangle]
pub extern "C" fn mio_new() -> *mut MioPoller {
    MioPoller::new().map_or(std::ptr::null_mut(), |poller| Box::into_raw(Box::new(poller)))
}

#[no_mangle]
pub unsafe extern "C" fn mio_delete(poller: *mut MioPoller) {
    drop(Box::from_raw(poller));
}

#[no_mangle]
pub unsafe extern "C" fn mio_add(
    poller: *const MioPoller,
    fd: c_int,
    key: usize,
    is_writable: bool,
) -> c_int {
    let registry = (*poller).poll().registry();
    number_of(registry.register(&mut SourceFd(&fd), Token(key), interest(is_writable)))
}

#[no_mangle]
pub unsafe extern "C" fn mio_modify(
    poller: *const MioPoller,
    fd: c_int,
    key: usize,
    is_writable: bool,
) -> c_int {
    let registry = (*poller).poll().registry();
    number_of(registry.reregister(&mut SourceFd(&fd), Token(key), interest(is_writable)))
}

#[no_mangle]
pub unsafe extern "C" fn mio_remove(poller: *const MioPoller, fd: c_int) -> c_int {
    number_of((*poller).poll().registry().deregister(&mut SourceFd(&fd)))
}

#[no_mangle]
pub unsafe extern "C" fn mio_wake(poller: *const MioPoller) -> c_int {
    number_of((*poller).waker.wake())
}

#[no_mangle]
pub unsafe extern "C" fn mio_turn(
    poller: *const MioPoller,
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
        if event.token() != WAKER {
            handler(argument, event.token().0);
        }
    }
    0
}
