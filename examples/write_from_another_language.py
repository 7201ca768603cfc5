#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How do programs in other languages publish? By one row beside their change, in the same
transaction. It needs no library of crier's.

    crier --store shop.db migrate
    write_from_another_language.py shop.db
    crier --store shop.db list
"""
import json
import sqlite3
import sys

PRODUCTS = "7c9e6679-7425-40de-944b-e07fc1f90ae7"  # the refresher's GUID

# IMMEDIATE: the transaction begins as a writer. The timeout: nodes write to the file, too.
database = sqlite3.connect(sys.argv[1], timeout=5, isolation_level="IMMEDIATE")
database.execute("CREATE TABLE IF NOT EXISTS products (id INTEGER PRIMARY KEY, price INTEGER)")

with database:  # a transaction: both rows, or neither
    database.execute("REPLACE INTO products VALUES (?, ?)", (42, 1490))
    database.execute(
        "INSERT INTO crierCacheInstruction (utcStamp, jsonInstruction, originated) "
        "VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), ?, ?)",
        (json.dumps([{"RefreshType": 2, "RefresherId": PRODUCTS, "IntId": 42}]), "price import"))
print("product 42 costs 14.90, and every node hears of it")
