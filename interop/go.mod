module github.com/closeframe/closeframe/interop

go 1.26

replace github.com/closeframe/closeframe => ../
