using Google.Protobuf;
using Grpc.Core;
using Grpc.Reflection.V1;
using Asked = Grpc.Reflection.V1.ServerReflectionRequest.MessageRequestOneofCase;

namespace IuCutter.Agent.Endpoint;

/// <summary>Answers reflection's questions from the descriptors of what is served.</summary>
internal static class ReflectionAnswers
{
    public static ServerReflectionResponse Answer(ServedServices services, ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case Asked.ListServices:
                var list = new ListServiceResponse();
                list.Service.AddRange(services.Names.Select(name => new ServiceResponse { Name = name }));
                response.ListServicesResponse = list;
                break;
            case Asked.FileByFilename:
                Set(response, services.FileNamed(request.FileByFilename), $"No file '{request.FileByFilename}' is known here");
                break;
            case Asked.FileContainingSymbol:
                Set(response, services.FileDeclaring(request.FileContainingSymbol), $"No symbol '{request.FileContainingSymbol}' is known here");
                break;
            case Asked.AllExtensionNumbersOfType when services.HasMessage(request.AllExtensionNumbersOfType):
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            case Asked.AllExtensionNumbersOfType or Asked.FileContainingExtension:
                // proto3 files declare no extensions.
                response.ErrorResponse = Error(StatusCode.NotFound, "No such extension is known here");
                break;
            default:
                response.ErrorResponse = Error(StatusCode.InvalidArgument, "The request asks nothing that is known here");
                break;
        }

        return response;
    }

    private static void Set(ServerReflectionResponse response, IReadOnlyList<ByteString>? files, string whyNot)
    {
        if (files is null)
        {
            response.ErrorResponse = Error(StatusCode.NotFound, whyNot);
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse();
        response.FileDescriptorResponse.FileDescriptorProto.AddRange(files);
    }

    private static ErrorResponse Error(StatusCode code, string message) => new() { ErrorCode = (int)code, ErrorMessage = message };
}
