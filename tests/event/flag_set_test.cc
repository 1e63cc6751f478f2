#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/hash/hash_testing.h"
#include "event/interest.h"
#include "event/mode.h"
#include "event/readiness.h"
#include "gtest/gtest.h"
#include "tests/event/print.h"

namespace event_selector {
namespace {

// Three members that each of the sets has, by one name.
template <typename Set>
struct Members;

template <>
struct Members<Interest> {
  static constexpr Interest kA = Interest::kReadable;
  static constexpr Interest kB = Interest::kWritable;
  static constexpr Interest kC = Interest::kReadClosed;
};

template <>
struct Members<Mode> {
  static constexpr Mode kA = Mode::kEdge;
  static constexpr Mode kB = Mode::kOneshot;
  static constexpr Mode kC = Mode::kKeepAwake;
};

template <>
struct Members<Readiness> {
  static constexpr Readiness kA = Readiness::kReadable;
  static constexpr Readiness kB = Readiness::kHangup;
  static constexpr Readiness kC = Readiness::kReadClosed;
};

template <typename Set>
class FlagSetTest : public testing::Test {};

struct SetName {
  template <typename Set>
  static std::string GetName(int /*index*/) {
    if (std::is_same<Set, Interest>::value) return "Interest";
    return std::is_same<Set, Mode>::value ? "Mode" : "Readiness";
  }
};

using Sets = testing::Types<Interest, Mode, Readiness>;
TYPED_TEST_SUITE(FlagSetTest, Sets, SetName);

TYPED_TEST(FlagSetTest, IsAValueOf32Bits) {
  static_assert(sizeof(TypeParam) == sizeof(std::uint32_t), "");
  static_assert(std::is_trivially_copyable<TypeParam>::value, "");
  static_assert(std::is_standard_layout<TypeParam>::value, "");
}

TYPED_TEST(FlagSetTest, ComesFromNoIntegerByAccident) {
  static_assert(!std::is_constructible<TypeParam, std::uint32_t>::value, "");
  static_assert(!std::is_convertible<TypeParam, std::uint32_t>::value, "");
  static_assert(!std::is_convertible<TypeParam, bool>::value, "");
}

TYPED_TEST(FlagSetTest, DefaultIsEmpty) {
  static_assert(TypeParam().empty(), "");
  static_assert(TypeParam{}.empty(), "");
  static_assert(TypeParam().bits() == 0, "");
  static_assert(TypeParam() == TypeParam::FromBits(0), "");
}

TYPED_TEST(FlagSetTest, MembersAreSingleDifferentBits) {
  using M = Members<TypeParam>;
  constexpr std::uint32_t a = M::kA.bits();
  constexpr std::uint32_t b = M::kB.bits();
  constexpr std::uint32_t c = M::kC.bits();
  static_assert(a != 0 && (a & (a - 1)) == 0, "");
  static_assert(b != 0 && (b & (b - 1)) == 0, "");
  static_assert(c != 0 && (c & (c - 1)) == 0, "");
  static_assert(a != b && b != c && a != c, "");
}

TYPED_TEST(FlagSetTest, BitsGoInAndOut) {
  for (const std::uint32_t bits : {0u, 1u, 0x2000u, 1u << 31, 0xffffffffu}) {
    EXPECT_EQ(TypeParam::FromBits(bits).bits(), bits);
    EXPECT_EQ(TypeParam::FromBits(bits).empty(), bits == 0);
  }
}

TYPED_TEST(FlagSetTest, Union) {
  using M = Members<TypeParam>;
  static_assert((M::kA | M::kB).bits() == (M::kA.bits() | M::kB.bits()), "");
  static_assert((M::kA | M::kA) == M::kA, "");
  static_assert((M::kA | TypeParam()) == M::kA, "");
  static_assert(!(M::kA | M::kB).empty(), "");
}

TYPED_TEST(FlagSetTest, Intersection) {
  using M = Members<TypeParam>;
  static_assert(((M::kA | M::kB) & (M::kB | M::kC)) == M::kB, "");
  static_assert((M::kA & M::kB).empty(), "");
  static_assert((M::kA & M::kA) == M::kA, "");
}

TYPED_TEST(FlagSetTest, Difference) {
  using M = Members<TypeParam>;
  constexpr TypeParam ab = M::kA | M::kB;
  static_assert(ab - M::kA == M::kB, "");
  static_assert(ab - (M::kB | M::kC) == M::kA, "what is not there is ignored");
  static_assert(ab - M::kC == ab, "");
  static_assert((ab - ab).empty(), "");
  static_assert(ab - TypeParam() == ab, "");
  static_assert((TypeParam() - ab).empty(), "");
  static_assert(
      TypeParam::FromBits(0xffffffff) - ab == TypeParam::FromBits(~ab.bits()),
      "bits without a name, too");
}

TYPED_TEST(FlagSetTest, Assignment) {
  using M = Members<TypeParam>;
  TypeParam set;
  EXPECT_EQ(&(set |= M::kA), &set);
  EXPECT_EQ(set, M::kA);
  (set |= M::kB) |= M::kC;
  EXPECT_EQ(set, M::kA | M::kB | M::kC);
  EXPECT_EQ(&(set &= M::kB | M::kC), &set);
  EXPECT_EQ(set, M::kB | M::kC);
  (set &= M::kC) &= M::kA;
  EXPECT_TRUE(set.empty());
  set = M::kA | M::kB | M::kC;
  EXPECT_EQ(&(set -= M::kB), &set);
  EXPECT_EQ(set, M::kA | M::kC);
  (set -= M::kA) -= M::kC;
  EXPECT_TRUE(set.empty());
}

template <typename Set>
constexpr Set AssignedAtCompileTime() {
  Set set = Members<Set>::kA;
  set |= Members<Set>::kB;
  set |= Members<Set>::kC;
  set &= Members<Set>::kB | Members<Set>::kC;
  set -= Members<Set>::kC;
  return set;
}

TYPED_TEST(FlagSetTest, AssignmentAtCompileTime) {
  static_assert(AssignedAtCompileTime<TypeParam>() == Members<TypeParam>::kB,
                "");
}

TYPED_TEST(FlagSetTest, Equality) {
  using M = Members<TypeParam>;
  static_assert(M::kA == M::kA && !(M::kA != M::kA), "");
  static_assert(M::kA != M::kB && !(M::kA == M::kB), "");
  static_assert((M::kA | M::kB) == (M::kB | M::kA), "");
  static_assert((M::kA | M::kB) != M::kA, "");
}

TYPED_TEST(FlagSetTest, ContainsMeansEveryMember) {
  using M = Members<TypeParam>;
  constexpr TypeParam ab = M::kA | M::kB;
  static_assert(ab.contains(M::kA) && ab.contains(M::kB), "");
  static_assert(ab.contains(ab), "");
  static_assert(!ab.contains(M::kC), "");
  static_assert(!ab.contains(M::kA | M::kC), "one of two is not enough");
  static_assert(!M::kA.contains(ab), "");
  static_assert(ab.contains(TypeParam()), "the empty set is in every set");
  static_assert(TypeParam().contains(TypeParam()), "");
  static_assert(!TypeParam().contains(M::kA), "");
}

template <typename A, typename B, typename = void>
struct CanUnite : std::false_type {};
template <typename A, typename B>
struct CanUnite<A, B, decltype(void(std::declval<A>() | std::declval<B>()))>
    : std::true_type {};

template <typename A, typename B, typename = void>
struct CanSubtract : std::false_type {};
template <typename A, typename B>
struct CanSubtract<A, B, decltype(void(std::declval<A>() - std::declval<B>()))>
    : std::true_type {};

TYPED_TEST(FlagSetTest, DifferentKindsDoNotMix) {
  static_assert(CanUnite<TypeParam, TypeParam>::value, "");
  static_assert(!CanUnite<TypeParam, std::uint32_t>::value, "");
  static_assert(CanUnite<TypeParam, Interest>::value ==
                    std::is_same<TypeParam, Interest>::value,
                "");
  static_assert(
      CanUnite<TypeParam, Mode>::value == std::is_same<TypeParam, Mode>::value,
      "");
  static_assert(CanUnite<TypeParam, Readiness>::value ==
                    std::is_same<TypeParam, Readiness>::value,
                "");
  static_assert(CanSubtract<TypeParam, TypeParam>::value, "");
  static_assert(!CanSubtract<TypeParam, std::uint32_t>::value, "");
  static_assert(CanSubtract<TypeParam, Interest>::value ==
                    std::is_same<TypeParam, Interest>::value,
                "");
  static_assert(CanSubtract<TypeParam, Readiness>::value ==
                    std::is_same<TypeParam, Readiness>::value,
                "");
}

TYPED_TEST(FlagSetTest, Hash) {
  using M = Members<TypeParam>;
  EXPECT_TRUE(
      absl::VerifyTypeImplementsAbslHashCorrectly(std::vector<TypeParam>{
          TypeParam(), M::kA, M::kB, M::kC, M::kA | M::kB, M::kB | M::kA,
          M::kA | M::kB | M::kC, TypeParam::FromBits(0xffffffff)}));
}

TYPED_TEST(FlagSetTest, AllWaysToPrintAgree) {
  for (std::uint32_t shift = 0; shift < 32; ++shift) {
    const TypeParam one = TypeParam::FromBits(std::uint32_t{1} << shift);
    for (const TypeParam set :
         {one, one | Members<TypeParam>::kA, TypeParam()}) {
      EXPECT_EQ(PrintByStream(set), set.ToString());
      EXPECT_EQ(PrintByStringify(set), set.ToString());
    }
  }
}

TYPED_TEST(FlagSetTest, UnknownBitsArePrintedInHexadecimal) {
  const TypeParam unknown = TypeParam::FromBits(0x00ab0000);
  EXPECT_EQ(unknown.ToString(), "0xab0000");
  EXPECT_EQ((Members<TypeParam>::kA | unknown).ToString(),
            Members<TypeParam>::kA.ToString() + "|0xab0000");
}

}  // namespace
}  // namespace event_selector
