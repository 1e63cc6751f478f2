"""Which backend each value of //backends:backend brings."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")

_SETTING = str(Label("//backends:backend"))

def _selection_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    asserts.equals(
        env,
        "backends/" + ctx.attr.expected,
        target.label.package,
    )
    return analysistest.end(env)

def _make_test(value):
    return analysistest.make(
        _selection_test_impl,
        attrs = {"expected": attr.string()},
        config_settings = {_SETTING: value},
    )

auto_test = _make_test("auto")
epoll_test = _make_test("epoll")
io_uring_test = _make_test("io_uring")
iocp_test = _make_test("iocp")
kqueue_test = _make_test("kqueue")
poll_test = _make_test("poll")
