CREATE TABLE umbracoCacheInstruction
(
 "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT
, "utcStamp" TEXT NOT NULL
, "jsonInstruction" TEXT COLLATE NOCASE NOT NULL
, "originated" TEXT COLLATE NOCASE NOT NULL
, "instructionCount" INTEGER NOT NULL CONSTRAINT "DF_umbracoCacheInstruction_instructionCount" DEFAULT ('1')
, CONSTRAINT PK_umbracoCacheInstruction UNIQUE ("id")
)
