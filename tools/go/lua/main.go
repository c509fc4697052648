// lua prints, as JSON, what an Argo CD health check says of an object, by the interpreter that Argo CD itself
// uses (github.com/yuin/gopher-lua) and with no more libraries than Argo CD gives a check (util/lua/lua.go, v3.2.0).
//
//	lua < {"script": "...", "obj": {...}}
package main

import (
	"encoding/json"
	"fmt"
	"os"

	lua "github.com/yuin/gopher-lua"
)

func main() {
	var given struct {
		Script string         `json:"script"`
		Obj    map[string]any `json:"obj"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		fail(err)
	}
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{{lua.LoadLibName, lua.OpenPackage}, {lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}} {
		state.Push(state.NewFunction(library.open))
		state.Push(lua.LString(library.name))
		state.Call(1, 0)
	}
	state.SetGlobal("obj", value(state, given.Obj))
	if err := state.DoString(given.Script); err != nil {
		fail(err)
	}
	said, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		fail(fmt.Errorf("the check returned no table"))
	}
	answer := map[string]string{}
	said.ForEach(func(key, value lua.LValue) { answer[key.String()] = value.String() })
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fail(err)
	}
}

func value(state *lua.LState, given any) lua.LValue {
	switch given := given.(type) {
	case bool:
		return lua.LBool(given)
	case float64:
		return lua.LNumber(given)
	case string:
		return lua.LString(given)
	case []any:
		table := state.CreateTable(len(given), 0)
		for _, item := range given {
			table.Append(value(state, item))
		}
		return table
	case map[string]any:
		table := state.CreateTable(0, len(given))
		for key, item := range given {
			table.RawSetString(key, value(state, item))
		}
		return table
	}
	return lua.LNil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
