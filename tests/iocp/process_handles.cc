#include "tests/iocp/process_handles.h"

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>
#include <winternl.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

// SystemExtendedHandleInformation of NtQuerySystemInformation, since under Wine
// GetProcessHandleCount says 0.
constexpr int kExtendedHandleInformation = 64;
constexpr NTSTATUS kLengthMismatch = static_cast<NTSTATUS>(0xC0000004);

struct Header {
  ULONG_PTR count;
  ULONG_PTR reserved;
};

struct Entry {
  void* object;
  ULONG_PTR process;
  ULONG_PTR handle;
  ULONG access;
  USHORT trace;
  USHORT type;
  ULONG attributes;
  ULONG reserved;
};

using Query = NTSTATUS(NTAPI*)(int, void*, ULONG, ULONG*);

Query FindQuery() {
  return reinterpret_cast<Query>(reinterpret_cast<void*>(GetProcAddress(
      GetModuleHandleW(L"ntdll.dll"), "NtQuerySystemInformation")));
}

// The handles of this process.
std::vector<Entry> OwnHandles() {
  static const Query query = FindQuery();
  static std::vector<unsigned char> buffer(std::size_t{1} << 16);
  for (;;) {
    const NTSTATUS status = query(kExtendedHandleInformation, buffer.data(),
                                  static_cast<ULONG>(buffer.size()), nullptr);
    if (status == 0) break;
    if (status != kLengthMismatch) {
      DieOfError("NtQuerySystemInformation", static_cast<int>(status));
    }
    buffer.resize(2 * buffer.size());
  }
  Header header;
  std::memcpy(&header, buffer.data(), sizeof(header));
  std::vector<Entry> handles;
  for (std::size_t i = 0; i < header.count; ++i) {
    Entry entry;
    std::memcpy(&entry, buffer.data() + sizeof(header) + i * sizeof(entry),
                sizeof(entry));
    if (entry.process == GetCurrentProcessId()) handles.push_back(entry);
  }
  if (handles.empty()) Die("NtQuerySystemInformation tells of no handles");
  return handles;
}

}  // namespace

unsigned long ProcessHandles() {
  const std::vector<Entry> handles = OwnHandles();
  return static_cast<unsigned long>(handles.size());
}

unsigned long ProcessSocketsAndPorts() {
  // The system numbers the types as it likes: these are of the ones wanted.
  const SocketPair sockets = MakeUdpPair();
  const HANDLE port =
      CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 0);
  const std::vector<Entry> handles = OwnHandles();
  CloseHandle(port);
  const auto type_of = [&](ULONG_PTR handle) {
    for (const Entry& entry : handles) {
      if (entry.handle == handle) return entry.type;
    }
    Die("ProcessSocketsAndPorts: the system does not tell of a handle");
  };
  const USHORT socket_type = type_of(sockets.a.handle());
  const USHORT port_type = type_of(reinterpret_cast<ULONG_PTR>(port));
  unsigned long count = 0;
  for (const Entry& entry : handles) {
    if (entry.type == socket_type || entry.type == port_type) ++count;
  }
  return count - 3;
}

}  // namespace testing
}  // namespace event_selector
