#ifndef KEY_VALUE_SERVER_SNAPSHOT_WRITER_H_
#define KEY_VALUE_SERVER_SNAPSHOT_WRITER_H_

#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "event/mailbox.h"
#include "event/selector.h"
#include "store.h"

namespace key_value_server {

// Writes snapshots of the store to a file, in a thread of its own, so that the
// loop goes on meanwhile. A file is a list of SET requests: `redis-cli --pipe`
// brings them back. It appears under its name when it is complete.
//
// The results come to the loop by a Mailbox, which wakes it. All calls are for
// the loop's thread.
class SnapshotWriter {
 public:
  struct Result {
    absl::Status status;
    std::size_t keys = 0;
  };

  // `selector` is that of the loop, and must outlive this object.
  SnapshotWriter(event_selector::Selector& selector, std::string path);
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;
  // Waits until a snapshot that is being written is there.
  ~SnapshotWriter();

  // Whether a snapshot is being written: until its result is taken.
  bool is_busy() const { return thread_.joinable(); }

  // Begins. Errors:
  //   kFailedPrecondition  the last one is not finished.
  //   kResourceExhausted   the system has no thread for it.
  absl::Status Start(Store::Snapshot snapshot);

  // Takes what has come from the thread: to be called after each wait.
  const std::vector<Result>& TakeResults();

 private:
  static absl::Status Write(const Store::Snapshot& snapshot,
                            const std::string& path);

  const std::string path_;
  event_selector::Mailbox<Result> mailbox_;
  std::vector<Result> results_;
  std::thread thread_;  // While one is written, until its result is taken.
};

}  // namespace key_value_server

#endif  // KEY_VALUE_SERVER_SNAPSHOT_WRITER_H_
