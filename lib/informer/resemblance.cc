#include "lib/informer/resemblance.h"

#include <algorithm>
#include <array>
#include <utility>

namespace k8sm::informer {
namespace {

constexpr std::size_t kEdits = 2;
// Of a label value.
constexpr std::size_t kMaxSize = 63;

bool IsSeparator(char each) {
  return each == '-' || each == '_' || each == '.' || each == '/';
}

bool IsDigit(char each) {
  return each >= '0' && each <= '9';
}

bool HasDigit(std::string_view text) {
  return std::ranges::any_of(text, IsDigit);
}

std::size_t CountLetters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char each) { return !IsDigit(each) && !IsSeparator(each); }));
}

std::size_t CommonPrefix(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

std::size_t CommonSuffix(std::string_view a, std::string_view b) {
  std::size_t size = 0;
  while (size < std::min(a.size(), b.size()) && a[a.size() - size - 1] == b[b.size() - size - 1]) ++size;
  return size;
}

// Removes the words that both begin and end with.
void RemoveCommonWords(std::string_view& a, std::string_view& b) {
  const std::size_t size = std::min(a.size(), b.size());
  std::size_t begin = 0;
  for (std::size_t i = 0; i < size && a[i] == b[i]; ++i) {
    if (IsSeparator(a[i])) begin = i + 1;
  }
  a.remove_prefix(begin);
  b.remove_prefix(begin);
  std::size_t end = 0;
  for (std::size_t i = 1; i <= std::min(a.size(), b.size()) && a[a.size() - i] == b[b.size() - i]; ++i) {
    if (IsSeparator(a[a.size() - i])) end = i;
  }
  a.remove_suffix(end);
  b.remove_suffix(end);
}

// Whether kEdits edits change `a` into `b`, where no character is edited twice (optimal string alignment).
// Computes only the cells of the table that so few edits can reach, and ends as soon as none can.
bool AreWithinEdits(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kMaxSize + 1>;
  constexpr std::size_t kTooMany = kEdits + 1;
  std::array<Row, 3> rows;
  for (Row& row : rows) row.fill(kTooMany);
  Row* before_last = &rows[0];
  Row* last = &rows[1];
  Row* row = &rows[2];
  for (std::size_t j = 0; j <= std::min(kEdits, b.size()); ++j) (*last)[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t begin = i > kEdits + 1 ? i - kEdits : 1;
    // The row has been another one before.
    (*row)[begin - 1] = begin == 1 ? std::min(i, kTooMany) : kTooMany;
    std::size_t lowest = (*row)[begin - 1];
    for (std::size_t j = begin; j <= std::min(i + kEdits, b.size()); ++j) {
      const std::size_t wrong = (*last)[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      std::size_t edits = std::min({(*last)[j] + 1, (*row)[j - 1] + 1, wrong});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) edits = std::min(edits, (*before_last)[j - 2] + 1);
      (*row)[j] = edits;
      lowest = std::min(lowest, edits);
    }
    if (lowest > kEdits) return false;
    before_last = std::exchange(last, std::exchange(row, before_last));
  }
  return (*last)[b.size()] <= kEdits;
}

}  // namespace

EditKind JudgeEdit(std::string_view a, std::string_view b) {
  RemoveCommonWords(a, b);
  const std::size_t letters = std::max(CountLetters(a), CountLetters(b));
  const std::size_t begin = CommonPrefix(a, b);
  a.remove_prefix(begin);
  b.remove_prefix(begin);
  const std::size_t end = CommonSuffix(a, b);
  a.remove_suffix(end);
  b.remove_suffix(end);
  const bool is_equal = a.empty() && b.empty();
  if (is_equal || letters < kMinSwappedWord || HasDigit(a) || HasDigit(b)) return EditKind::kOther;
  const bool is_swap = a.size() == 2 && b.size() == 2;
  if (is_swap) return EditKind::kTypo;
  const bool is_plural = end == 0 && ((a.empty() && b == "s") || (a == "s" && b.empty()));
  return letters < kMinTypoWord || is_plural ? EditKind::kSimilar : EditKind::kTypo;
}

bool DifferInDigitsAlone(std::string_view a, std::string_view b) {
  const auto skip_digits = [](std::string_view& text) {
    while (!text.empty() && IsDigit(text.front())) text.remove_prefix(1);
  };
  for (;;) {
    skip_digits(a);
    skip_digits(b);
    if (a.empty() || b.empty()) return a.empty() && b.empty();
    if (a.front() != b.front()) return false;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
}

bool Resemble(std::string_view a, std::string_view b) {
  const auto [shorter, longer] = std::minmax({a.size(), b.size()});
  if (longer - shorter > kEdits || longer > kMaxSize) return false;
  RemoveCommonWords(a, b);
  if (std::min(a.size(), b.size()) < kMinResemblingWord) return false;
  if (std::ranges::any_of(a, IsSeparator) || std::ranges::any_of(b, IsSeparator)) return false;
  return !DifferInDigitsAlone(a, b) && AreWithinEdits(a, b);
}

}  // namespace k8sm::informer
