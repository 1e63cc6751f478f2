#include "tests/waker_model/search.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/waker_model/claims.h"
#include "tests/waker_model/machine.h"
#include "tests/waker_model/model.h"
#include "tests/waker_model/state.h"
#include "tests/waker_model/step.h"

namespace event_selector {
namespace testing {
namespace waker_model {
namespace {

using Index = std::uint32_t;

absl::string_view Bytes(const State& state) {
  return {reinterpret_cast<const char*>(&state), sizeof(state)};
}

// A state that was reached, and how it was first.
struct Node {
  State state;
  Index parent = 0;
  Step step;
};

// The indices of nodes, as a set of their states.
struct NodeHash {
  using is_transparent = void;
  const std::vector<Node>* nodes;
  std::size_t operator()(Index i) const { return (*this)((*nodes)[i].state); }
  std::size_t operator()(const State& state) const {
    return absl::HashOf(Bytes(state));
  }
};
struct NodeEqual {
  using is_transparent = void;
  const std::vector<Node>* nodes;
  bool operator()(Index a, Index b) const { return a == b; }
  bool operator()(Index a, const State& state) const {
    return Bytes((*nodes)[a].state) == Bytes(state);
  }
};

class Searcher {
 public:
  explicit Searcher(const Machine& machine) : machine_(machine) {
    nodes_.push_back(Node{InitialState(machine), 0, Step{}});
    known_.insert(Index{0});
  }

  Verdict Run() {
    for (Index i = 0; i < nodes_.size() && verdict_.broken_claim.empty(); ++i) {
      Expand(i);
    }
    if (verdict_.broken_claim.empty()) FindEndlessRuns();
    verdict_.states = nodes_.size();
    verdict_.steps = edges_.size();
    return std::move(verdict_);
  }

 private:
  void Expand(Index i) {
    const State from = nodes_[i].state;  // The vector grows meanwhile.
    bool is_at_rest = true;
    ForEachStep(machine_, from, [&](const Step& step, const State& next) {
      is_at_rest = false;
      const Index target = Insert(i, step, next);
      edges_.emplace_back(target, i);
      if (step.broken_claim != nullptr && verdict_.broken_claim.empty()) {
        Break(step.broken_claim, i, &step);
      }
    });
    if (!is_at_rest) return;
    rests_.push_back(i);
    const char* const claim = BrokenClaimAtRest(from);
    if (claim != nullptr) Break(claim, i, nullptr);
  }

  Index Insert(Index parent, const Step& step, const State& state) {
    const auto found = known_.find(state);
    if (found != known_.end()) return *found;
    nodes_.push_back(Node{state, parent, step});
    const auto index = static_cast<Index>(nodes_.size() - 1);
    known_.insert(index);
    return index;
  }

  // Goes backwards from the states at rest: what is not met has no way there.
  void FindEndlessRuns() {
    std::sort(edges_.begin(), edges_.end());
    std::vector<bool> can_rest(nodes_.size(), false);
    std::vector<Index> front = rests_;
    for (const Index i : front) can_rest[i] = true;
    while (!front.empty()) {
      const Index target = front.back();
      front.pop_back();
      for (auto edge = std::lower_bound(edges_.begin(), edges_.end(),
                                        std::make_pair(target, Index{0}));
           edge != edges_.end() && edge->first == target; ++edge) {
        if (can_rest[edge->second]) continue;
        can_rest[edge->second] = true;
        front.push_back(edge->second);
      }
    }
    for (Index i = 0; i < nodes_.size(); ++i) {
      if (!can_rest[i]) {
        return Break("from here on, some thread runs for ever", i, nullptr);
      }
    }
  }

  void Break(absl::string_view claim, Index last, const Step* then) {
    std::vector<const Step*> way;
    if (then != nullptr) way.push_back(then);
    for (Index i = last; i != 0; i = nodes_[i].parent) {
      way.push_back(&nodes_[i].step);
    }
    std::string text;
    for (std::size_t i = way.size(); i > 0; --i) {
      absl::StrAppend(&text, "  ", way.size() - i + 1, ". ", way[i - 1]->thread,
                      ": ", way[i - 1]->action, "\n");
    }
    absl::StrAppend(&text, "  => ", claim, "\n     (",
                    ToString(nodes_[last].state), ")\n");
    verdict_.broken_claim = std::string(claim);
    verdict_.counterexample = std::move(text);
  }

  const Machine& machine_;
  std::vector<Node> nodes_;
  absl::flat_hash_set<Index, NodeHash, NodeEqual> known_{0, NodeHash{&nodes_},
                                                         NodeEqual{&nodes_}};
  std::vector<std::pair<Index, Index>> edges_;  // To, from.
  std::vector<Index> rests_;
  Verdict verdict_;
};

}  // namespace

Verdict Search(const Machine& machine) { return Searcher(machine).Run(); }

}  // namespace waker_model
}  // namespace testing
}  // namespace event_selector
