#ifndef BACKENDS_IOCP_POLL_GROUPS_H_
#define BACKENDS_IOCP_POLL_GROUPS_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>
// Not above it.
#include <windows.h>

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "backends/iocp/afd_device.h"

namespace event_selector {
namespace iocp {

// An AFD device and how many registrations poll over it.
struct PollGroup {
  // The driver walks along all polls of a device when one of them ends, so that
  // more cost more each; wepoll and mio stop at 32, too.
  static constexpr int kMostMembers = 32;

  AfdDevice device;
  int members = 0;
};

// The groups that the registrations of one port are spread over. Keeps as many
// as were ever needed at once. Thread-compatible.
class PollGroups {
 public:
  // A group with one member more: `Leave` takes it out. The packets of its
  // polls come out of `port`, the same one each time, with the key kPoll.
  // Errors: kResourceExhausted, kUnimplemented.
  absl::StatusOr<PollGroup*> Join(HANDLE port);
  void Leave(PollGroup* group);

 private:
  std::vector<std::unique_ptr<PollGroup>> groups_;
  std::vector<PollGroup*> with_room_;
};

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_POLL_GROUPS_H_
