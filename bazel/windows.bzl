"""What targets for Windows have in common."""

# Link options of what calls Winsock, on any system.
LINK_WINSOCK = select({
    "@event_selector//bazel:windows_msvc": ["-DEFAULTLIB:ws2_32.lib"],
    "@event_selector//bazel:windows": ["-lws2_32"],
    "//conditions:default": [],
})
