// Keras 1's models of several inputs: a Sequential whose first step merges other models.
#include "import/keras/read/modernise.h"

namespace vivace::keras {
namespace {

using Kind = Setting::Kind;

const Setting* branches_of(const Setting& record) {
  const Setting *class_name = record.find("class_name"), *config = record.find("config");
  const Setting* branches = config ? config->find("layers") : nullptr;
  const bool merge = class_name && class_name->is(Kind::text) && class_name->text == "Merge";
  return merge && branches && branches->is(Kind::list) ? branches : nullptr;
}

const Setting* steps_of(const Setting& record) {
  const Setting* config = record.find("config");
  if (config && config->is(Kind::map)) config = config->find("layers");
  return config && config->is(Kind::list) ? config : nullptr;
}

void put(Setting& map, std::string key, Setting value) {
  map.keys.push_back(std::move(key));
  map.items.push_back(std::move(value));
}

Setting number(std::int64_t value) {
  Setting result(Kind::integer);
  result.integer = value;
  result.number = static_cast<double>(value);
  return result;
}

Setting reference_to(const std::string& layer) {
  Setting list(Kind::list);
  list.items = {Setting::of(layer), number(0), number(0)};
  return list;
}

// The layers of a functional model, while they are put one behind the other.
class Unfolding {
 public:
  // The last layer's name; "" where a step has none.
  std::string chain(const Setting& steps) {
    std::string last;
    for (std::size_t i = 0; i < steps.items.size(); ++i) {
      const Setting& step = steps.items[i];
      std::vector<std::string> sources{last};
      if (i == 0) {
        const Setting* branches = branches_of(step);
        sources = branches ? ends_of(*branches) : std::vector<std::string>{input_for(step)};
      }
      last = add(step, sources);
    }
    return last;
  }

  Setting config(const std::string& output) {
    Setting result(Kind::map), outputs(Kind::list);
    outputs.items.push_back(reference_to(output));
    put(result, "layers", std::move(layers_));
    put(result, "input_layers", std::move(inputs_));
    put(result, "output_layers", std::move(outputs));
    return result;
  }

 private:
  static std::string name_of(const Setting& record) {
    const Setting* config = record.find("config");
    const Setting* name = config ? config->find("name") : nullptr;
    return name && name->is(Kind::text) ? name->text : std::string();
  }

  std::vector<std::string> ends_of(const Setting& branches) {
    std::vector<std::string> ends;
    for (const Setting& branch : branches.items) {
      const Setting* steps = steps_of(branch);
      Setting alone(Kind::list);
      if (!steps) alone.items.push_back(branch);
      ends.push_back(chain(steps ? *steps : alone));
    }
    return ends;
  }

  // A merge keeps no copy of what was unfolded.
  static Setting without_branches(const Setting& config) {
    if (!config.is(Kind::map)) return config;
    Setting rest(Kind::map);
    for (std::size_t i = 0; i < config.keys.size(); ++i)
      if (config.keys[i] != "layers") put(rest, config.keys[i], config.items[i]);
    return rest;
  }

  std::string input_for(const Setting& step) {
    const std::string name = name_of(step) + "_input";
    Setting input(Kind::map), config(Kind::map);
    const Setting* given = step.find("config");
    const Setting* shape = given ? given->find("batch_input_shape") : nullptr;
    put(config, "batch_input_shape", shape ? *shape : Setting{});
    put(input, "class_name", Setting::of(std::string("InputLayer")));
    put(input, "name", Setting::of(name));
    put(input, "config", std::move(config));
    put(input, "inbound_nodes", Setting(Kind::list));
    layers_.items.push_back(std::move(input));
    inputs_.items.push_back(reference_to(name));
    return name;
  }

  std::string add(const Setting& step, const std::vector<std::string>& sources) {
    Setting layer(Kind::map), node(Kind::list), nodes(Kind::list);
    const std::string name = name_of(step);
    for (const std::string& source : sources) node.items.push_back(reference_to(source));
    nodes.items.push_back(std::move(node));
    for (std::size_t i = 0; i < step.keys.size(); ++i) {
      if (step.keys[i] == "class_name") put(layer, "class_name", step.items[i]);
      if (step.keys[i] == "config") put(layer, "config", without_branches(step.items[i]));
    }
    put(layer, "name", Setting::of(name));
    put(layer, "inbound_nodes", std::move(nodes));
    layers_.items.push_back(std::move(layer));
    return name;
  }

  Setting layers_ = Setting(Kind::list), inputs_ = Setting(Kind::list);
};

}  // namespace

void unfold_merge(Setting& record) {
  const Setting *class_name = record.find("class_name"), *steps = steps_of(record);
  const bool sequential = class_name && class_name->is(Kind::text) && class_name->text == "Sequential";
  if (!sequential || !steps || steps->items.empty() || !branches_of(steps->items[0])) return;
  Unfolding unfolding;
  const std::string last = unfolding.chain(*steps);
  Setting config = unfolding.config(last);
  for (std::size_t i = 0; i < record.keys.size(); ++i) {
    if (record.keys[i] == "class_name") record.items[i] = Setting::of(std::string("Model"));
    if (record.keys[i] == "config") record.items[i] = Setting(config);
  }
}

}  // namespace vivace::keras
