// A random generator whose choices are the same for a seed on every platform.

#ifndef K8SM_TEST_INTEGRATION_MODEL_DICE_H_
#define K8SM_TEST_INTEGRATION_MODEL_DICE_H_

#include <cstddef>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace k8sm::test {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  Dice(const Dice&) = delete;
  Dice& operator=(const Dice&) = delete;

  // Returns a number from 0 to limit - 1.
  std::size_t Below(std::size_t limit) { return random_() % limit; }
  // Returns a number from first to last, inclusive.
  int Between(int first, int last) {
    return first + static_cast<int>(Below(static_cast<std::size_t>(last - first) + 1));
  }
  bool Chance(unsigned percent) { return Below(100) < percent; }

  template <class T>
  const T& OneOf(const std::vector<T>& choices) {
    return choices[Below(choices.size())];
  }
  std::string OneOf(std::initializer_list<const char*> choices) {
    return choices.begin()[Below(choices.size())];
  }

 private:
  std::mt19937 random_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_DICE_H_
