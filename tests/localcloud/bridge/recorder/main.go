// Records what Pulumi's real Terraform bridge answers to the calls of the engine.
//
// The bridge is the part of Pulumi's AWS provider that fills in defaults, compares states with inputs
// and says what a preview knows. Here it works over the schema in localcloud/provider/facts.json, and
// an AWS that the scenarios make up: no cloud is called.
//
// Usage: recorder FACTS ANSWERS SCENARIO...
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// A step is one call of the engine.
type step struct {
	What, Call, Type, Name, ID    string
	Config, News, Olds, OldInputs map[string]any
	IgnoreChanges                 []string
	Preview                       bool
	// What AWS has, for a Read; and what it says where it refuses.
	Aws   map[string]any
	Fails string
}

type answer struct {
	What   string `json:"what"`
	Answer any    `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
	// What a Create that failed tells of the object that there is all the same.
	Partial any `json:"partial,omitempty"`
}

const seed = "a seed as long as the engine's is"

func main() {
	log.SetOutput(io.Discard) // Terraform's SDK writes what it does
	if len(os.Args) < 4 {
		fail(fmt.Errorf("usage: recorder FACTS ANSWERS SCENARIO..."))
	}
	facts := map[string]*resourceType{}
	read(os.Args[1], &facts)
	for _, path := range os.Args[3:] {
		var steps []step
		read(path, &steps)
		answers := []answer{}
		engine := newEngine(facts)
		for _, one := range steps {
			answers = append(answers, engine.answer(one))
		}
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		check(encoder.Encode(answers))
		check(os.WriteFile(filepath.Join(os.Args[2], filepath.Base(path)), text.Bytes(), 0o644))
	}
}

type engine struct {
	cloud    *cloud
	provider pulumirpc.ResourceProviderServer
}

func newEngine(facts map[string]*resourceType) engine {
	cloud := &cloud{}
	info := providerInfo(facts, cloud)
	return engine{cloud, tfbridge.NewProvider(context.Background(), nil, "aws", info.Version, info.P, info, []byte("{}"))}
}

func (e engine) answer(s step) answer {
	e.cloud.has, e.cloud.refuses = s.Aws, s.Fails
	response, err := e.call(s)
	if err == nil {
		if checked, ok := response.(*pulumirpc.CheckResponse); ok {
			// Their order is that of a Go map, another one each time.
			slices.SortFunc(checked.Failures, func(a, b *pulumirpc.CheckFailure) int { return strings.Compare(a.Reason, b.Reason) })
		}
		return answer{What: s.What, Answer: plain(response)}
	}
	result := answer{What: s.What, Error: err.Error()}
	if state, ok := status.FromError(err); ok {
		for _, detail := range state.Details() {
			if message, ok := detail.(proto.Message); ok {
				result.Partial = plain(message)
			}
		}
	}
	return result
}

func (e engine) call(s step) (proto.Message, error) {
	ctx := context.Background()
	urn := "urn:pulumi:dev::test::" + s.Type + "::" + s.Name
	switch s.Call {
	case "Configure":
		return e.provider.Configure(ctx, &pulumirpc.ConfigureRequest{Args: properties(s.Config), AcceptSecrets: true, AcceptResources: true})
	case "Check":
		return e.provider.Check(ctx, &pulumirpc.CheckRequest{Urn: urn, Type: s.Type, Name: s.Name, Olds: properties(s.Olds), News: properties(s.News), RandomSeed: []byte(seed)})
	case "Diff":
		return e.provider.Diff(ctx, &pulumirpc.DiffRequest{Urn: urn, Type: s.Type, Name: s.Name, Id: s.ID, Olds: properties(s.Olds), OldInputs: properties(s.OldInputs), News: properties(s.News), IgnoreChanges: s.IgnoreChanges})
	case "Create":
		return e.provider.Create(ctx, &pulumirpc.CreateRequest{Urn: urn, Type: s.Type, Name: s.Name, Properties: properties(s.News), Preview: s.Preview})
	case "Read":
		return e.provider.Read(ctx, &pulumirpc.ReadRequest{Urn: urn, Type: s.Type, Name: s.Name, Id: s.ID, Properties: properties(s.Olds), Inputs: properties(s.OldInputs)})
	case "Update":
		return e.provider.Update(ctx, &pulumirpc.UpdateRequest{Urn: urn, Type: s.Type, Name: s.Name, Id: s.ID, Olds: properties(s.Olds), OldInputs: properties(s.OldInputs), News: properties(s.News), IgnoreChanges: s.IgnoreChanges, Preview: s.Preview})
	}
	return nil, fmt.Errorf("%q is no call that is recorded", s.Call)
}

func properties(values map[string]any) *structpb.Struct {
	result, err := structpb.NewStruct(values)
	check(err)
	return result
}

// plain returns a message as JSON, which the protocol's own encoder writes differently each time.
func plain(message proto.Message) any {
	text, err := protojson.Marshal(message)
	check(err)
	var result any
	check(json.Unmarshal(text, &result))
	return result
}

func read(path string, into any) {
	text, err := os.ReadFile(path)
	check(err)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if _, ok := into.(*[]step); ok {
		decoder = json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
	}
	if err := decoder.Decode(into); err != nil {
		fail(fmt.Errorf("%s: %w", path, err))
	}
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
