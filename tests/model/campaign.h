#ifndef TESTS_MODEL_CAMPAIGN_H_
#define TESTS_MODEL_CAMPAIGN_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "tests/model/play.h"
#include "tests/model/runner.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {

struct CampaignOptions {
  std::uint64_t seed = 1;
  std::uint64_t steps = 1000 * 1000;
  // Ends the campaign, too, whatever is left of the steps.
  absl::Duration duration = absl::InfiniteDuration();
  // Of each script. Each has a selector and handles of its own.
  std::size_t script_length = 5000;
  // For a Wait that must return.
  absl::Duration patience = absl::Seconds(60);
};

struct Failure {
  std::uint64_t seed = 0;  // Of the one script that failed.
  Script script;           // Shrunk.
  std::string message;  // What is different when the shrunk script is played.

  // All of it, with the script as a file of tests/model/scripts/.
  std::string ToString() const;
};

struct CampaignResult {
  std::uint64_t steps = 0;
  Counts counts;
  std::optional<Failure> failure;  // The first, which ends the campaign.
};

// Plays random scripts, of the seeds `options.seed`, and one more for each
// further script.
CampaignResult RunCampaign(const Runner::Create& create,
                           const CampaignOptions& options);

// A shorter script that fails as `script` does, with its message; nullopt where
// `script` does not fail.
std::optional<Failure> FindAndShrink(const Runner::Create& create,
                                     const Script& script,
                                     absl::Duration patience);

}  // namespace testing
}  // namespace event_selector

#endif  // TESTS_MODEL_CAMPAIGN_H_
