#ifndef BENCHMARKS_DRIVERS_MAILBOX_H_
#define BENCHMARKS_DRIVERS_MAILBOX_H_

#include <memory>

#include "benchmarks/postbox.h"
#include "event/selector_options.h"

namespace benchmarks {

// event_selector::Mailbox and its selector.
std::unique_ptr<Postbox> MakeMailbox(
    const event_selector::SelectorOptions& options);

}  // namespace benchmarks

#endif  // BENCHMARKS_DRIVERS_MAILBOX_H_
