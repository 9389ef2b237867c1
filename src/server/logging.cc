#include "server/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>

#include "base/clock.h"
#include "base/log.h"
#include "codec/json_writer.h"
#include "fmt/format.h"

namespace tarn::server {
namespace {

struct LevelName {
  std::string_view name;
  spdlog::level::level_enum level;
};
constexpr std::array<LevelName, 10> kLevels = {{{"trace", spdlog::level::trace},
                                                {"debug", spdlog::level::debug},
                                                {"info", spdlog::level::info},
                                                {"warn", spdlog::level::warn},
                                                {"warning", spdlog::level::warn},
                                                {"error", spdlog::level::err},
                                                {"panic", spdlog::level::critical},
                                                {"fatal", spdlog::level::critical},
                                                {"null", spdlog::level::off},
                                                {"none", spdlog::level::off}}};

std::string_view NameOf(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return "trace";
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::info:
      return "info";
    case spdlog::level::warn:
      return "warning";
    case spdlog::level::err:
      return "error";
    default:
      return "fatal";
  }
}

std::string TimeOf(const spdlog::details::log_msg& line) {
  const auto since = line.time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(since - seconds);
  return FormatRfc3339({seconds.count(), static_cast<int32_t>(milliseconds.count() * 1'000'000)});
}

std::string PlaceOf(const spdlog::details::log_msg& line) {
  if (line.source.filename == nullptr) return {};
  std::string_view file = line.source.filename;
  const size_t start = file.rfind("/src/");
  if (start != std::string_view::npos) file.remove_prefix(start + 1);
  return fmt::format("{}:{}", file, line.source.line);
}

class TextFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    std::string text = fmt::format("time=\"{}\" level={} msg=\"", TimeOf(line), NameOf(line.level));
    AppendJsonEscaped(&text, {line.payload.data(), line.payload.size()});
    text += fmt::format("\" file=\"{}\"\n", PlaceOf(line));
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<TextFormatter>();
  }
};

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    std::string text;
    JsonWriter json(&text);
    json.BeginObject().Field("file", std::string_view(PlaceOf(line)));
    if (line.source.funcname != nullptr) json.Field("func", line.source.funcname);
    json.Field("level", NameOf(line.level))
        .Field("msg", std::string_view(line.payload.data(), line.payload.size()))
        .Field("time", std::string_view(TimeOf(line)))
        .EndObject();
    text += '\n';
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

spdlog::sink_ptr MakeSink(const std::string& output, const Settings& settings) {
  if (output == "-") return std::make_shared<spdlog::sinks::stdout_sink_mt>();
  if (output == "=") return std::make_shared<spdlog::sinks::stderr_sink_mt>();
  const auto size = static_cast<size_t>(settings.GetInt("logging.file_max_size_mb")) << 20;
  const auto keep = static_cast<size_t>(settings.GetInt("logging.files_keep"));
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(output, size, keep);
}

}  // namespace

bool SetLogLevel(std::string_view level) {
  std::string lower(level);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const LevelName& known : kLevels) {
    if (known.name == lower) {
      spdlog::default_logger_raw()->set_level(known.level);
      return true;
    }
  }
  return false;
}

Status SetUpLogging(const Settings& settings) {
  std::vector<spdlog::sink_ptr> sinks;
  for (const std::string& output : settings.GetList("logging.output")) {
    try {
      sinks.push_back(MakeSink(output, settings));
    } catch (const std::exception& error) {
      return {Code::kInvalidValue,
              fmt::format("bad configuration: logging.output: {}", error.what())};
    }
  }
  auto logger = std::make_shared<spdlog::logger>("", sinks.begin(), sinks.end());
  if (settings.GetText("logging.format") == "json") {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_formatter(std::make_unique<TextFormatter>());
  }
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
  if (!SetLogLevel(settings.GetText("logging.level"))) {
    return {Code::kInvalidValue,
            fmt::format("bad configuration: logging.level: there is no level \"{}\"",
                        settings.GetText("logging.level"))};
  }
  return {};
}

}  // namespace tarn::server
