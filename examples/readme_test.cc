// The example of README.md does what it says there. The command line names the
// program. (That README.md shows its source is what //tests/docs looks at.)

#include <cstdio>
#include <iostream>
#include <string>

#include "gtest/gtest.h"

namespace {

std::string* program_path = nullptr;

TEST(ReadmeTest, TheExampleDoesWhatItSays) {
  FILE* const program = popen(program_path->c_str(), "r");
  ASSERT_NE(program, nullptr);
  std::string output;
  for (int byte; (byte = std::fgetc(program)) != EOF;) {
    output += static_cast<char>(byte);
  }
  EXPECT_EQ(pclose(program), 0);
  EXPECT_EQ(output, "{token: 7, readable}\n");
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: readme_test PROGRAM" << std::endl;
    return 2;
  }
  std::string program = argv[1];
  program_path = &program;
  return RUN_ALL_TESTS();
}
