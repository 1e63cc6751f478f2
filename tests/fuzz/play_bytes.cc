#include "tests/fuzz/play_bytes.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "event/capabilities.h"
#include "tests/contract/backends.h"
#include "tests/model/campaign.h"
#include "tests/model/generator.h"
#include "tests/model/runner.h"
#include "tests/model/script.h"

namespace event_selector {
namespace testing {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

// A backend with what is the same for all scripts.
struct Player {
  explicit Player(const Backend& played)
      : backend(played),
        runner(std::make_unique<Runner>(CreateOf(played), kPatience)),
        capabilities(runner->capabilities()) {}

  Backend backend;
  std::unique_ptr<Runner> runner;
  Capabilities capabilities;
};

// Never destroyed: the process may end in any thread.
const std::vector<Player>& Players() {
  static const auto& players = *[] {
    auto* made = new std::vector<Player>;
    for (const Backend& backend : AllBackendsUnderTest()) {
      made->emplace_back(backend);
    }
    return made;
  }();
  return players;
}

}  // namespace

std::optional<std::string> PlayBytes(absl::string_view bytes) {
  for (const Player& player : Players()) {
    const Script script = ScriptFromBytes(bytes, player.capabilities);
    const RunResult result = player.runner->Run(script);
    if (!result.difference.has_value()) continue;
    const std::optional<Failure> failure =
        FindAndShrink(CreateOf(player.backend), script, kPatience);
    return absl::StrCat(
        player.backend.name, ": ", result.difference->message, "\n",
        failure.has_value() ? failure->ToString() : ToText(script));
  }
  return std::nullopt;
}

}  // namespace testing
}  // namespace event_selector
