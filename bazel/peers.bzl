"""Where the libraries come from that //benchmarks/peers compares with.

Only that package needs this repository, so nothing here is looked for before one
of its targets is built.
"""

_PREFIX = "EVENT_SELECTOR_PEERS"
_CRATES = "/usr/share/cargo/registry"
_CARGO = "/usr/bin/cargo"
_RUSTC = "/usr/bin/rustc"
_CRATE = [
    "Cargo.toml",
    "build.rs",
    "src/lib.rs",
    "src/mio_poller.rs",
    "src/polling_poller.rs",
]

# Headers and archives below a prefix, of which the first that is there is taken;
# then what links Debian's.
_LIBRARIES = {
    "asio": struct(headers = ["asio.hpp", "asio"], archives = [], system = [], deps = []),
    "libev": struct(headers = ["ev.h"], archives = [["libev.a"]], system = ["-l:libev.a"], deps = []),
    "libevent": struct(
        headers = ["event2"],
        archives = [["libevent_pthreads.a"], ["libevent_core.a"]],
        system = ["-l:libevent_pthreads.a", "-l:libevent_core.a"],
        deps = [":libev"],
    ),
    "libuv": struct(
        headers = ["uv.h", "uv"],
        archives = [["libuv.a", "libuv_a.a"]],
        system = ["-l:libuv_a.a"],
        deps = [],
    ),
}

_BUILD = """load("@rules_cc//cc:defs.bzl", "cc_library")

package(
    default_testonly = True,
    default_visibility = ["//visibility:public"],
)
"""

_LIBRARY = """
cc_library(
    name = "{name}",
    srcs = {srcs},
    hdrs = {hdrs},
    includes = {includes},
    defines = {defines},
    linkopts = {linkopts},
    linkstatic = True,
    deps = {deps},
)
"""

def _library(name, srcs = [], hdrs = "[]", includes = [], defines = [], linkopts = [], deps = []):
    return _LIBRARY.format(
        name = name,
        srcs = repr(srcs),
        hdrs = hdrs,
        includes = repr(includes),
        defines = repr(defines),
        linkopts = repr(linkopts),
        deps = repr(deps),
    )

def _archives(ctx, prefix, name, library):
    """Links the archives to here and returns where, or None if one is missing."""
    found = []
    for names in library.archives:
        there = [each for each in names if prefix.get_child("lib").get_child(each).exists]
        if not there:
            return None
        found.append((prefix.get_child("lib").get_child(there[0]), name + "/lib/" + there[0]))
    for source, link in found:
        ctx.symlink(source, link)
    return [link for _, link in found]

def _from_prefix(ctx, prefix, name, library):
    """The rule for a library below the prefix, or None if it is not there."""
    include = prefix.get_child("include")
    if not include.get_child(library.headers[0]).exists:
        return None
    archives = _archives(ctx, prefix, name, library)
    if archives == None:
        fail("%s below %s has headers but no static library" % (name, prefix))
    for header in library.headers:
        if include.get_child(header).exists:
            ctx.symlink(include.get_child(header), name + "/include/" + header)
    return _library(
        name,
        srcs = archives,
        hdrs = "glob([\"%s/include/**\"])" % name,
        includes = [name + "/include"],
        linkopts = ["-pthread", "-ldl"],
        deps = library.deps,
    )

def _missing_for_rust(ctx):
    missing = [each for each in [_CARGO, _RUSTC] if not ctx.path(each).exists]
    crates = ctx.path(_CRATES)
    names = [each.basename for each in crates.readdir()] if crates.exists else []
    for wanted in ["mio-0.8.", "polling-2."]:
        if not [name for name in names if name.startswith(wanted)]:
            missing.append(_CRATES + "/" + wanted + "*")
    return missing

def _build_rust(ctx):
    """Builds the crate. Returns why not, or an empty text."""
    missing = _missing_for_rust(ctx)
    if missing:
        return "there is no " + ", no ".join(missing)
    for each in _CRATE:
        ctx.symlink(Label("//benchmarks/peers:rust/" + each), "rust/" + each)
    ctx.file("rust/.cargo/config.toml", """[source.crates-io]
replace-with = "packages"
[source.packages]
directory = "%s"
""" % _CRATES)
    result = ctx.execute(
        [_CARGO, "build", "--release", "--offline", "--quiet"],
        environment = {
            "CARGO_HOME": str(ctx.path("cargo_home")),
            "CARGO_TARGET_DIR": str(ctx.path("target")),
            "RUSTC": _RUSTC,
        },
        timeout = 1800,
        working_directory = "rust",
    )
    if result.return_code != 0:
        return result.stderr
    ctx.symlink("target/release/librust_peers.a", "librust_peers.a")
    return ""

def _rust(ctx):
    reason = _build_rust(ctx)
    if reason:
        # buildifier: disable=print
        print("mio and polling are left out: " + reason + " (apt-get install " +
              "cargo rustc librust-mio-dev librust-polling-dev on Debian 12)")
        return _library("rust", defines = ["HAS_RUST_PEERS=0"])
    return _library(
        "rust",
        srcs = ["librust_peers.a"],
        defines = ["HAS_RUST_PEERS=1"],
        linkopts = ["-pthread", "-ldl"],
    )

def _peer_libraries_impl(ctx):
    prefix = ctx.os.environ.get(_PREFIX, "")
    build = _BUILD
    for name, library in _LIBRARIES.items():
        rule = _from_prefix(ctx, ctx.path(prefix), name, library) if prefix else None
        build += rule or _library(name, linkopts = library.system, deps = library.deps)
    build += _rust(ctx)
    ctx.file("BUILD.bazel", build)
    ctx.file("WORKSPACE", "workspace(name = \"peer_libraries\")\n")

# Static libraries throughout, as this library is, so that no contestant pays for
# calls into a shared one:
#   :asio, :libev, :libevent, :libuv  below the folder EVENT_SELECTOR_PEERS (given
#       with --repo_env, with include/ and lib/) where they are there, otherwise
#       Debian's packages
#   :rust  mio and polling, built from Debian's packages; HAS_RUST_PEERS says
#       whether they are there
#
# libev's archive also has functions of libevent's names, in an object file of
# their own: it is left out as long as libevent's archive comes first, which a
# dependency makes sure of.
peer_libraries = repository_rule(
    implementation = _peer_libraries_impl,
    environ = [_PREFIX],
)
