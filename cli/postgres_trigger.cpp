// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "base/ascii.hpp"
#include "base/quoting.hpp"
#include "json.hpp"
#include "printable.hpp"
#include "sql_trigger.hpp"
#include "trigger_key.hpp"

#include <algorithm>
#include <string>

namespace crier::cli {

namespace {

// What a statement has changed beyond this is told as "everything": nodes would do the same with so
// long a backlog.
constexpr const char* kMostRows = "1000";

constexpr std::size_t kLongestTriggerName = 63;  // PostgreSQL cuts off what is longer

std::string name_in(const std::string& schema, std::string_view name) {
  return (schema.empty() ? "" : sql_name(schema) + ".") + sql_name(name);
}

void require_postgres_name(std::string_view name) {
  require_plain(name);
  if (name.empty() || name.size() + std::string_view("_truncate").size() > kLongestTriggerName) {
    throw usage_error("--name: " + in_quotes(name, 100) +
                      " can't begin the name of a trigger, which has 63 bytes at the most");
  }
}

// An expression that tells a row from all others: its id, its key as the text of a JSON object, or
// its tag.
std::string key_of(const KeyColumns& columns, const TriggerRequest& request) {
  if (request.tag) {
    return request.tag->sql([&](const std::string& name) {
      const auto column = std::ranges::find_if(
          columns, [&](const ColumnInfo* one) { return same_ignoring_case(one->name, name); });
      const std::string value = sql_name((*column)->name);
      return (*column)->bytes ? "encode(" + value + ", 'hex')" : value + "::text";
    });
  }
  if (!request.payload) {
    return sql_name(columns.front()->name);
  }
  std::string text = "'{";
  for (const ColumnInfo* column : columns) {
    const std::string name = sql_name(column->name);
    const std::string value = column->bytes ? "encode(" + name + ", 'hex')" : name;
    std::string member = quoted_by_doubling(Json(column->name).dump() + ":", '\'');
    member = member.substr(1, member.size() - 2);
    text += (column == columns.front() ? "" : " || ',") + member + "' || coalesce(to_json(" +
            value + ")::text, 'null')";
  }
  return text + " || '}'";
}

// Expressions for the text of instructions, over the arrays `removed` and `refreshed`.
class Instructions {
 public:
  explicit Instructions(const TriggerRequest& request)
      : refresher_(request.refresher.to_string()),
        payload_(request.payload),
        tag_(request.tag.has_value()) {}

  [[nodiscard]] std::string everything() const {
    return "'" + head(RefreshType::refresh_all) + "}'";
  }
  [[nodiscard]] std::string removes() const {
    return tag_       ? tags("removed")
           : payload_ ? payloads("delete", "removed")
                      : "(SELECT string_agg('" + head(RefreshType::remove_by_id) +
                            ",\"IntId\":' || key || '}', ',') FROM unnest(removed) AS key)";
  }
  [[nodiscard]] std::string refreshes() const {
    if (tag_) {
      return tags("refreshed");
    }
    if (payload_) {
      return payloads("' || lower(TG_OP) || '", "refreshed");
    }
    return "CASE cardinality(refreshed) WHEN 0 THEN NULL\n"
           "      WHEN 1 THEN '" +
           head(RefreshType::refresh_by_id) +
           ",\"IntId\":' || refreshed[1] || '}'\n"
           "      ELSE '" +
           head(RefreshType::refresh_by_ids) +
           ",\"JsonIds\":\"[' || array_to_string(refreshed, ',') || ']\",\"JsonIdCount\":' ||\n"
           "        cardinality(refreshed) || '}' END";
  }

 private:
  [[nodiscard]] std::string head(RefreshType type) const {
    return "{\"RefreshType\":" + std::to_string(static_cast<int>(type)) + ",\"RefresherId\":\"" +
           refresher_ + "\"";
  }
  [[nodiscard]] std::string payloads(const std::string& op, const std::string& keys) const {
    return "(SELECT string_agg('" + head(RefreshType::refresh_by_json) +
           ",\"JsonPayload\":' || to_json('{\"op\":\"" + op +
           "\",\"key\":' || key || '}')::text || '}', ',') FROM unnest(" + keys + ") AS key)";
  }

  [[nodiscard]] std::string tags(const std::string& keys) const {
    return "(SELECT string_agg('" + head(RefreshType::refresh_by_json) +
           ",\"JsonPayload\":' || to_json('[{\"tag\":' || to_json(key)::text || '}]')::text || "
           "'}', ',') FROM unnest(" +
           keys + ") AS key)";
  }

  const std::string refresher_;
  const bool payload_;
  const bool tag_;
};

// `body` between marks that don't stand in it.
std::string dollar_quoted(const std::string& body) {
  std::string mark = "$crier$";
  for (int i = 1; body.find(mark) != std::string::npos; ++i) {
    mark = "$crier" + std::to_string(i) + "$";
  }
  return mark + body + mark;
}

// The casts of a type, and its order, are functions of its owner, which would run with the rights
// of the function's owner. Who owns the table can change the types of its columns at any time.
std::string refusal_of_types(const KeyColumns& columns) {
  std::string names;
  for (const ColumnInfo* column : columns) {
    names += (names.empty() ? "" : ", ") + sql_literal(column->name);
  }
  return "  IF EXISTS (SELECT FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid\n"
         "    JOIN pg_roles ON pg_roles.oid = typowner WHERE attrelid = TG_RELID AND attname IN (" +
         names +
         ")\n    AND NOT rolsuper AND rolname <> current_user) THEN\n"
         "    RAISE insufficient_privilege USING MESSAGE = 'the type of a key of ' || "
         "TG_RELID::regclass ||\n      ' belongs to a role that is not ' || current_user || ', "
         "with whose rights its casts would run',\n"
         "      HINT = 'Let ' || current_user || ' own the type, or its owner this function.';\n"
         "  END IF;\n";
}

std::string function_body(const std::string& refusal, const std::string& key,
                          const std::string& type, const std::string& pending,
                          const std::string& originated, const Instructions& instructions) {
  const auto is_many = [&](const std::string& rows) {
    return "(SELECT count(*) FROM (SELECT FROM " + rows + " LIMIT " + kMostRows +
           " + 1) AS first_rows) > " + kMostRows;
  };
  const auto keys = [&](const std::string& rows, const std::string& into) {
    return "SELECT array_agg(key ORDER BY key) INTO " + into + " FROM (SELECT " + key +
           " AS key FROM " + rows + ") AS keys;\n";
  };
  return "\nDECLARE\n  refreshed " + type + "[];\n  removed " + type +
         "[];\n  is_all boolean := TG_OP = 'TRUNCATE';\n  instructions text;\nBEGIN\n" + refusal +
         "  IF TG_OP IN ('INSERT', 'UPDATE') THEN\n    is_all := " + is_many("new_rows") +
         ";\n  ELSIF TG_OP = 'DELETE' THEN\n    is_all := " + is_many("old_rows") +
         ";\n  END IF;\n"
         "  IF is_all THEN\n    instructions := " +
         instructions.everything() +
         ";\n  ELSE\n"
         "    IF TG_OP IN ('INSERT', 'UPDATE') THEN\n      " +
         keys("new_rows", "refreshed") + "    END IF;\n    IF TG_OP = 'DELETE' THEN\n      " +
         keys("old_rows", "removed") + "    ELSIF TG_OP = 'UPDATE' THEN\n      " +
         "SELECT array_agg(key ORDER BY key) INTO removed FROM (SELECT " + key +
         " AS key FROM old_rows\n        EXCEPT SELECT " + key +
         " FROM new_rows) AS keys;\n    END IF;\n"
         "    refreshed := coalesce(refreshed, '{}');\n    removed := coalesce(removed, '{}');\n"
         "    instructions := concat_ws(',', " +
         instructions.removes() + ",\n      " + instructions.refreshes() +
         ");\n  END IF;\n"
         "  IF instructions <> '' THEN\n"
         "    INSERT INTO " +
         pending +
         " (jsonInstruction, originated, instructionCount)\n"
         "    VALUES ('[' || instructions || ']', " +
         originated +
         ",\n      CASE WHEN is_all THEN 1 ELSE cardinality(refreshed) + cardinality(removed) "
         "END);\n  END IF;\n  RETURN NULL;\nEND ";
}

}  // namespace

std::string drop_postgres_trigger_sql(const TableInfo& table, std::string_view name) {
  require_postgres_name(name);
  return "DROP FUNCTION IF EXISTS " + name_in(table.schema, name) + "() CASCADE;";
}

std::string postgres_trigger_sql(const TableInfo& table, const TableInfo& log,
                                 std::string_view name, const TriggerRequest& request) {
  require_table(table, {});
  const KeyColumns columns = key_columns(table, request.columns());
  const bool is_text = request.payload || request.tag;
  if (!is_text) {
    require_id(table, columns);
  }
  const std::string function = name_in(table.schema, name) + "()";
  const std::string sql_table = name_in(table.schema, table.name);
  const std::string body =
      function_body(refusal_of_types(columns), key_of(columns, request),
                    is_text ? "text" : "bigint", name_in(log.schema, "crierpending"),
                    sql_literal("trigger " + printable(table.name, 200)), Instructions(request));
  const auto trigger = [&](std::string_view event, std::string_view rows) {
    return "CREATE TRIGGER " + sql_name(std::string(name) + "_" + std::string(event)) + " AFTER " +
           std::string(event) + " ON " + name_in(table.schema, table.name) + std::string(rows) +
           "\n  FOR EACH STATEMENT EXECUTE FUNCTION " + function + ";\n";
  };
  return "BEGIN;\nSET LOCAL client_min_messages = warning;\n" +
         drop_postgres_trigger_sql(table, name) + "\nCREATE FUNCTION " + function +
         " RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n"
         "SET search_path = pg_catalog, pg_temp AS " +
         dollar_quoted(body) + ";\nREVOKE ALL ON FUNCTION " + function +
         " FROM PUBLIC;\nCOMMENT ON FUNCTION " + function + " IS " +
         sql_literal(command_of(sql_table, name, request)) + ";\n" +
         trigger("insert", " REFERENCING NEW TABLE AS new_rows") +
         trigger("update", " REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows") +
         trigger("delete", " REFERENCING OLD TABLE AS old_rows") + trigger("truncate", "") +
         "COMMIT;";
}

}  // namespace crier::cli
