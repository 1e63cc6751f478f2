"""Python and shell programs for the interpreters of the system.

Bazel's own rules for them would do, but where they come from differs from one
Bazel to the next: built in up to 7, and only in repositories that Debian's
packages lack from 8 on.
"""

def _script_binary_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        output = program,
        target_file = ctx.file.script,
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = ctx.files.script + ctx.files.data)
    for each in ctx.attr.data:
        runfiles = runfiles.merge(each[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = program, runfiles = runfiles)]

_SCRIPT_ATTRS = {
    "data": attr.label_list(allow_files = True),
    "script": attr.label(allow_single_file = True, mandatory = True),
}

# Runs `script`, with `data` beside it. `bazel run` starts it where the files
# have the paths that they have in the workspace.
script_binary = rule(
    implementation = _script_binary_impl,
    attrs = _SCRIPT_ATTRS,
    executable = True,
)

# The same as a test: with the attribute `args`, for what the script is to do.
script_test = rule(
    implementation = _script_binary_impl,
    attrs = _SCRIPT_ATTRS,
    test = True,
)

def _python_test_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        output = program,
        content = """#!/bin/sh
cd {root} && exec {interpreter} -B -m unittest --verbose {package}.{module}
""".format(
            interpreter = ctx.attr.interpreter,
            module = ctx.file.src.basename[:-len(".py")],
            package = ctx.label.package.split("/")[-1],
            root = "/".join(ctx.label.package.split("/")[:-1]),
        ),
        is_executable = True,
    )
    return [DefaultInfo(
        executable = program,
        runfiles = ctx.runfiles(files = ctx.files.src + ctx.files.data),
    )]

# Runs the unittest module `src`. The packages of Python that Debian installs
# are those of the `interpreter` /usr/bin/python3.
python_test = rule(
    implementation = _python_test_impl,
    attrs = {
        "data": attr.label_list(allow_files = True),
        "interpreter": attr.string(default = "python3"),
        "src": attr.label(allow_single_file = [".py"], mandatory = True),
    },
    test = True,
)
