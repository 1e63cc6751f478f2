#ifndef EVENT_SELECTOR_OPTIONS_H_
#define EVENT_SELECTOR_OPTIONS_H_

namespace event {

// How a selector is to be made. An aggregate that has no members so far: what
// `Selector::Create` takes today stays valid when some are added.
struct SelectorOptions {};

}  // namespace event

#endif  // EVENT_SELECTOR_OPTIONS_H_
