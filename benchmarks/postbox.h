#ifndef BENCHMARKS_POSTBOX_H_
#define BENCHMARKS_POSTBOX_H_

#include <cstdint>

namespace benchmarks {

// What threads pass to a loop by a contestant's library, and that loop: as
// somebody would do it who knows the library well and wants speed.
//
// Errors: a call that fails prints the reason and aborts. `Post` may be called
// from any thread, everything else from one at a time.
class Postbox {
 public:
  Postbox() = default;
  Postbox(const Postbox&) = delete;
  Postbox& operator=(const Postbox&) = delete;
  virtual ~Postbox() = default;

  // Posts the `count` items from `first` on, one after another.
  virtual void Post(std::uint64_t first, std::uint64_t count) = 0;

  // A turn of the loop, which waits until something is there if `waits`. Takes
  // what was posted.
  virtual void Turn(bool waits) = 0;

  // How many items were taken, and their sum.
  std::int64_t taken() const { return taken_; }
  std::uint64_t sum() const { return sum_; }

 protected:
  void Take(std::uint64_t item) {
    ++taken_;
    sum_ += item;
  }

 private:
  std::int64_t taken_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace benchmarks

#endif  // BENCHMARKS_POSTBOX_H_
