// Serves Pulumi's language host for YAML.
//
// All of it is Pulumi's own but for one answer: version 1.25.0, the newest that can be had as a Go module, cannot
// link a package into a project yet, which is the last step of `pulumi package add`.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/pulumi/pulumi-yaml/pkg/server"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// How often to look whether the engine still answers.
const engineCheckInterval = 5 * time.Second

type languageHost struct {
	pulumirpc.LanguageRuntimeServer
}

// Link says how a program uses the packages. There is nothing to do for it: the CLI names them in Pulumi.yaml.
func (languageHost) Link(_ context.Context, request *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	var instructions strings.Builder
	for _, linked := range request.GetPackages() {
		name := linked.GetPackage().GetName()
		if parameterization := linked.GetPackage().GetParameterization(); parameterization != nil {
			name = parameterization.GetName()
		}
		fmt.Fprintf(&instructions, "The types of its resources begin with \"%s:\".\n", name)
	}
	return &pulumirpc.LinkResponse{ImportInstructions: instructions.String()}, nil
}

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers the engine until it interrupts the host or has gone. The engine passes its own flags first and its
// address last, and reads the port from the first line of stdout.
func serve() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	engine := ""
	if len(os.Args) > 1 {
		engine = os.Args[len(os.Args)-1]
		if err := rpcutil.Healthcheck(ctx, engine, engineCheckInterval, stop); err != nil {
			return fmt.Errorf("the engine at %s does not answer: %w", engine, err)
		}
	}
	ended := make(chan bool)
	go func() {
		<-ctx.Done()
		close(ended)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: ended,
		Init: func(grpcServer *grpc.Server) error {
			// Schemas come from the engine, which has loaded them already.
			pulumirpc.RegisterLanguageRuntimeServer(grpcServer, languageHost{server.NewLanguageHost(engine, "", true)})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
