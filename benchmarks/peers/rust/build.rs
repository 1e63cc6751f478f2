//! Hands the versions that cargo has chosen to the crate: the libraries have no
//! constant for them.

use std::{env, fs, path::Path};

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let lock = fs::read_to_string(Path::new(&folder).join("Cargo.lock")).expect("written by cargo");
    for library in ["mio", "polling"] {
        let name = format!("name = \"{}\"", library);
        let version = lock
            .split("[[package]]")
            .find(|package| package.lines().any(|line| line == name))
            .and_then(|package| {
                package.lines().find_map(|line| line.strip_prefix("version = "))
            })
            .expect("the library is in Cargo.lock");
        println!(
            "cargo:rustc-env={}_VERSION={}",
            library.to_uppercase(),
            version.trim_matches('"')
        );
    }
}
