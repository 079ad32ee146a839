module github.com/closeframe/closeframe

go 1.26
