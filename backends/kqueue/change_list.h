#ifndef BACKENDS_KQUEUE_CHANGE_LIST_H_
#define BACKENDS_KQUEUE_CHANGE_LIST_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "backends/kqueue/registration_word.h"
#include "backends/kqueue/system.h"
#include "event/handle.h"

namespace event_selector {
namespace kqueue {

// Changes that go to the system in one call, and what became of each. Lives on
// the stack; allocates nothing.
class ChangeList {
 public:
  // What became of a change: an errno, 0 for success.
  static constexpr int kNotDone = -1;
  // Two for each of the filters of a handle, and three for an event of the
  // program's own.
  static constexpr std::size_t kMost = 9;

  explicit ChangeList(Handle handle) : handle_(handle) {}

  // ---- What to do, in the order of the calls

  // Adds the filters of `word`, all of them new to the queue. Each registration
  // has a filter for both directions: one that the interest does not ask for is
  // there to tell the direction's end only, since a hang-up is the end of both,
  // and is told unasked.
  //
  //   asked for   level        edge             oneshot
  //   yes         -            EV_CLEAR         EV_DISPATCH
  //   no          EV_CLEAR, and a low-water mark that no buffer reaches
  //
  // (A system that cuts the mark down to the size of the buffer, as macOS does,
  // or does not heed it, as with pipes, reports more: the `Wait` that gets such
  // an event ignores it, and EV_CLEAR keeps it from coming again and again.)
  void AddAll(RegistrationWord word);
  // Adds the event that stands in for the filters of a pipe that has none any
  // more (State::kIsDead): it is there at once, by level, edge or once, as the
  // registration is.
  void AddDead(RegistrationWord word);
  void DeleteDead();
  // Takes them away again.
  void DeleteAll(RegistrationWord word);

  // Watches the file behind a vnode for nothing at all. Succeeds for what is
  // not pollable (a regular file, a directory) and for few other things; fails
  // for sockets and pipes. So the one call of `Add` also finds out what other
  // systems say by themselves.
  void ProbeVnode();
  void DeleteVnode();

  // Makes the filter of a direction, which is there, report by level whatever
  // it is, or again only what `word` asks for.
  void SetRead(RegistrationWord word, bool is_promoted);
  void SetWrite(RegistrationWord word, bool is_promoted);

  // Asks for each filter of `word` whether it is there, and changes nothing.
  void Probe(RegistrationWord word);

  // ---- For the system's call

  absl::Span<const Kevent> changes() const {
    return absl::MakeConstSpan(changes_.data(), size_);
  }
  void SetResult(std::size_t index, int error) { results_[index] = error; }

  // ---- What became of it

  // The errno of the last change of `filter` that adds (deletes) it; kNotDone
  // where there is none.
  int ResultOf(Filter filter, unsigned action) const;
  // Whether a change that adds (deletes, or asks) has this result.
  bool HasResult(unsigned action, int error) const;
  // Whether any of them has another result than ENOENT.
  bool FoundAny(unsigned action) const;

 private:
  void Push(Filter filter, unsigned flags, unsigned fflags, std::int32_t data,
            std::uint32_t label);
  void PushDirection(Filter filter, bool is_asked_for, RegistrationWord word,
                     unsigned action);
  void SetDirection(Filter filter, bool is_asked_for, RegistrationWord word,
                    bool is_promoted);

  const Handle handle_;
  std::array<Kevent, kMost> changes_;
  std::array<int, kMost> results_;
  std::size_t size_ = 0;
};

}  // namespace kqueue
}  // namespace event_selector

#endif  // BACKENDS_KQUEUE_CHANGE_LIST_H_
