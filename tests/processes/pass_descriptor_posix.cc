#include "tests/processes/pass_descriptor_posix.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cerrno>
#include <cstring>

#include "absl/time/time.h"
#include "event/handle.h"
#include "tests/support/fatal.h"
#include "tests/support/socket.h"

namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kLongest = absl::Seconds(120);

// A message of one byte, with room for one descriptor beside it.
class Message {
 public:
  Message() {
    header_.msg_iov = &part_;
    header_.msg_iovlen = 1;
    header_.msg_control = control_;
    header_.msg_controllen = sizeof(control_);
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  msghdr* header() { return &header_; }
  // The part with the descriptor; nullptr where there is none.
  cmsghdr* rights() { return CMSG_FIRSTHDR(&header_); }

 private:
  char byte_ = 'd';
  iovec part_ = {&byte_, 1};
  alignas(cmsghdr) char control_[CMSG_SPACE(sizeof(Handle))] = {};
  msghdr header_ = {};
};

}  // namespace

void PassDescriptor(Handle channel, Handle passed) {
  Message message;
  cmsghdr* const rights = message.rights();
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(passed));
  std::memcpy(CMSG_DATA(rights), &passed, sizeof(passed));
  if (sendmsg(channel, message.header(), 0) != 1) DieOfError("sendmsg", errno);
}

Socket ReceiveDescriptor(Handle channel) {
  if (!AwaitReadable(channel, kLongest)) Die("no descriptor was passed");
  Message message;
  if (recvmsg(channel, message.header(), 0) != 1) DieOfError("recvmsg", errno);
  const cmsghdr* const rights = message.rights();
  if (rights == nullptr || rights->cmsg_type != SCM_RIGHTS) {
    Die("a message came without a descriptor");
  }
  Handle received = kInvalidHandle;
  std::memcpy(&received, CMSG_DATA(rights), sizeof(received));
  return Socket(received);
}

}  // namespace testing
}  // namespace event_selector
