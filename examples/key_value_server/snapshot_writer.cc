#include "snapshot_writer.h"

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "event/selector.h"
#include "resp.h"
#include "store.h"

namespace key_value_server {

SnapshotWriter::SnapshotWriter(event_selector::Selector& selector,
                               std::string path)
    : path_(std::move(path)), mailbox_(selector) {}

SnapshotWriter::~SnapshotWriter() {
  if (thread_.joinable()) thread_.join();
}

absl::Status SnapshotWriter::Start(Store::Snapshot snapshot) {
  if (is_busy()) {
    return absl::FailedPreconditionError("Background save already in progress");
  }
  try {
    thread_ = std::thread([this, snapshot = std::move(snapshot)] {
      Result result{Write(snapshot, path_), snapshot.size()};
      // The mailbox is not closed before this thread is joined.
      mailbox_.Post(std::move(result)).IgnoreError();
    });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(error.what());
  }
  return absl::OkStatus();
}

const std::vector<SnapshotWriter::Result>& SnapshotWriter::TakeResults() {
  mailbox_.TakeAll(results_);
  if (!results_.empty()) thread_.join();
  return results_;
}

absl::Status SnapshotWriter::Write(const Store::Snapshot& snapshot,
                                   const std::string& path) {
  const std::string unfinished = path + ".unfinished";
  std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
  std::string request;
  for (const Store::Item& item : snapshot) {
    request.clear();
    AppendArray(item.lifetime.has_value() ? 5 : 3, request);
    AppendBulk("SET", request);
    AppendBulk(item.key, request);
    AppendBulk(item.value, request);
    if (item.lifetime.has_value()) {
      AppendBulk("PX", request);
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*item.lifetime);
      AppendBulk(absl::StrCat(left.count()), request);
    }
    file << request;
  }
  file.close();
  if (file.fail()) {
    return absl::UnavailableError(absl::StrCat("cannot write ", unfinished));
  }
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

}  // namespace key_value_server
