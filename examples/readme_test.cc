// README.md shows readme_example.cc as it is, and the program does what it
// says. The command line names README.md, the source, and the program.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "gtest/gtest.h"

namespace {

std::string* readme_path = nullptr;
std::string* source_path = nullptr;
std::string* program_path = nullptr;

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// What stands between the lines "// [begin]" and "// [end]".
std::string Marked(const std::string& source) {
  const std::string begin = "\n// [begin]\n";
  const auto from = source.find(begin);
  const auto to = source.find("\n// [end]\n");
  if (from == std::string::npos || to == std::string::npos || to < from) {
    ADD_FAILURE() << "the marks are missing";
    return "";
  }
  const auto start = from + begin.size();
  return source.substr(start, to + 1 - start);
}

TEST(ReadmeTest, ShowsTheExampleAsItIs) {
  const std::string example = Marked(Contents(*source_path));
  const std::string block = "\n```cpp\n" + example + "```\n";
  EXPECT_NE(Contents(*readme_path).find(block), std::string::npos)
      << "README.md must contain:" << block;
}

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
  if (argc != 4) {
    std::cerr << "usage: readme_test README SOURCE PROGRAM" << std::endl;
    return 2;
  }
  std::string readme = argv[1];
  std::string source = argv[2];
  std::string program = argv[3];
  readme_path = &readme;
  source_path = &source;
  program_path = &program;
  return RUN_ALL_TESTS();
}
