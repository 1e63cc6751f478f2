#include "tests/iocp/process_handles.h"

#include <windows.h>
// Needs windows.h before it.
#include <winternl.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "tests/support/fatal.h"

namespace event {
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

}  // namespace

unsigned long ProcessHandles() {
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
  unsigned long count = 0;
  for (std::size_t i = 0; i < header.count; ++i) {
    Entry entry;
    std::memcpy(&entry, buffer.data() + sizeof(header) + i * sizeof(entry),
                sizeof(entry));
    if (entry.process == GetCurrentProcessId()) ++count;
  }
  if (count == 0) Die("ProcessHandles: the system tells of none");
  return count;
}

}  // namespace testing
}  // namespace event
