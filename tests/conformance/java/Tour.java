import io.lakefs.clients.sdk.ApiClient;
import io.lakefs.clients.sdk.ApiException;
import io.lakefs.clients.sdk.BranchesApi;
import io.lakefs.clients.sdk.CommitsApi;
import io.lakefs.clients.sdk.ConfigApi;
import io.lakefs.clients.sdk.ImportApi;
import io.lakefs.clients.sdk.ObjectsApi;
import io.lakefs.clients.sdk.RefsApi;
import io.lakefs.clients.sdk.RepositoriesApi;
import io.lakefs.clients.sdk.StagingApi;
import io.lakefs.clients.sdk.TagsApi;
import io.lakefs.clients.sdk.model.BranchCreation;
import io.lakefs.clients.sdk.model.CommitCreation;
import io.lakefs.clients.sdk.model.Diff;
import io.lakefs.clients.sdk.model.ImportCreation;
import io.lakefs.clients.sdk.model.ImportLocation;
import io.lakefs.clients.sdk.model.ImportStatus;
import io.lakefs.clients.sdk.model.ObjectStats;
import io.lakefs.clients.sdk.model.ObjectStatsList;
import io.lakefs.clients.sdk.model.PathList;
import io.lakefs.clients.sdk.model.RepositoryCreation;
import io.lakefs.clients.sdk.model.ResetCreation;
import io.lakefs.clients.sdk.model.RevertCreation;
import io.lakefs.clients.sdk.model.StagingLocation;
import io.lakefs.clients.sdk.model.StagingMetadata;
import io.lakefs.clients.sdk.model.TagCreation;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a user of the Java SDK does with a repository, step by step; each step checks the answer.
 * Arguments: URL of the API, access key, secret key, a directory to import, how many files it has.
 * Prints the name of each step that is done; the first wrong answer ends it with status 1.
 */
public class Tour {
  private static final String REPO = "java-tour";
  private final ObjectsApi objects;
  private final BranchesApi branches;
  private final CommitsApi commits;
  private final RefsApi refs;
  private final TagsApi tags;
  private final ImportApi imports;
  private final StagingApi staging;
  private final RepositoriesApi repositories;
  private final ConfigApi config;

  interface Call {
    void run() throws Exception;
  }

  Tour(ApiClient client) {
    objects = new ObjectsApi(client);
    branches = new BranchesApi(client);
    commits = new CommitsApi(client);
    refs = new RefsApi(client);
    tags = new TagsApi(client);
    imports = new ImportApi(client);
    staging = new StagingApi(client);
    repositories = new RepositoriesApi(client);
    config = new ConfigApi(client);
  }

  static void expect(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", got " + actual);
    }
  }

  static void expectRefused(int status, Call call) throws Exception {
    try {
      call.run();
    } catch (ApiException refusal) {
      expect(status, refusal.getCode());
      return;
    }
    throw new AssertionError("not refused, expected " + status);
  }

  static void step(String name, Call call) throws Exception {
    call.run();
    System.out.println(name);
  }

  ObjectStats put(String branch, String path, String text) throws Exception {
    File file = File.createTempFile("tour", null);
    try {
      Files.writeString(file.toPath(), text);
      return objects.uploadObject(REPO, branch, path).content(file).execute();
    } finally {
      file.delete();
    }
  }

  String read(String ref, String path) throws Exception {
    File file = objects.getObject(REPO, ref, path).execute();
    try {
      return Files.readString(file.toPath());
    } finally {
      file.delete();
    }
  }

  String commit(String branch, String message) throws Exception {
    return commits
        .commit(REPO, branch, new CommitCreation().message(message).metadata(Map.of("by", "tour")))
        .execute()
        .getId();
  }

  List<String> list(String ref, String prefix) throws Exception {
    List<String> paths = new ArrayList<>();
    String after = "";
    for (; ; ) {
      ObjectStatsList page =
          objects.listObjects(REPO, ref).prefix(prefix).after(after).amount(1000).execute();
      page.getResults().forEach(item -> paths.add(item.getPath()));
      if (!page.getPagination().getHasMore()) {
        return paths;
      }
      after = page.getPagination().getNextOffset();
    }
  }

  void create(String namespaces) throws Exception {
    expect(namespaces.replaceFirst(":.*", ""),
        config.getConfig().execute().getStorageConfig().getBlockstoreType());
    RepositoryCreation creation =
        new RepositoryCreation().name(REPO).storageNamespace(namespaces + REPO);
    expect("main", repositories.createRepository(creation).execute().getDefaultBranch());
    expectRefused(409, () -> repositories.createRepository(creation).execute());
  }

  void uploadAndRead() throws Exception {
    ObjectStats stats = put("main", "a b/ü.txt", "hello");
    expect(5L, stats.getSizeBytes());
    expect("hello", read("main", "a b/ü.txt"));
    expect(stats.getChecksum(),
        objects.statObject(REPO, "main", "a b/ü.txt").execute().getChecksum());
    expectRefused(404, () -> objects.statObject(REPO, "main", "absent").execute());
    List<Diff> changes = branches.diffBranch(REPO, "main").execute().getResults();
    expect(1, changes.size());
    expect(Diff.TypeEnum.ADDED, changes.get(0).getType());
    String id = commit("main", "first");
    expect("tour", commits.getCommit(REPO, id).execute().getMetadata().get("by"));
    expectRefused(400, () -> commit("main", "nothing"));
  }

  void importAndList(String source, int files) throws Exception {
    ImportCreation creation =
        new ImportCreation()
            .commit(new CommitCreation().message("imported"))
            .addPathsItem(
                new ImportLocation()
                    .type(ImportLocation.TypeEnum.COMMON_PREFIX)
                    .path(source)
                    .destination("imported/"));
    String id = imports.importStart(REPO, "main", creation).execute().getId();
    ImportStatus status = imports.importStatus(REPO, "main", id).execute();
    for (int i = 0; i < 600 && !status.getCompleted(); ++i) {
      Thread.sleep(50);
      status = imports.importStatus(REPO, "main", id).execute();
    }
    expect(true, status.getCompleted());
    expect((long) files, status.getIngestedObjects());
    expect(files, list("main", "imported/").size());
    expect(1, objects.listObjects(REPO, "main").prefix("imp").delimiter("/").execute()
        .getResults().size());
  }

  void branchAndMerge() throws Exception {
    branches.createBranch(REPO, new BranchCreation().name("dev").source("main")).execute();
    put("dev", "new", "1");
    put("dev", "both", "dev");
    commit("dev", "work");
    List<Diff> changes = refs.diffRefs(REPO, "main", "dev").execute().getResults();
    expect(2, changes.size());
    expect("both", changes.get(0).getPath());
    String merged = refs.mergeIntoBranch(REPO, "dev", "main").execute().getReference();
    expect(merged, branches.getBranch(REPO, "main").execute().getCommitId());
    expect("1", read("main", "new"));
    expectRefused(400, () -> refs.mergeIntoBranch(REPO, "dev", "main").execute());
  }

  void conflict() throws Exception {
    put("main", "both", "main");
    commit("main", "ours");
    put("dev", "both", "dev again");
    commit("dev", "theirs");
    expectRefused(409, () -> refs.mergeIntoBranch(REPO, "dev", "main").execute());
    expect("main", read("main", "both"));
  }

  void revertAndTag() throws Exception {
    String before = branches.getBranch(REPO, "main").execute().getCommitId();
    tags.createTag(REPO, new TagCreation().id("v1").ref("main")).execute();
    expectRefused(409, () -> tags.createTag(REPO, new TagCreation().id("v1").ref("dev")).execute());
    branches
        .revertBranch(REPO, "main", new RevertCreation().ref("main").parentNumber(0))
        .execute();
    expect("dev", read("main", "both"));
    expect("main", read("v1", "both"));
    expect(before, tags.getTag(REPO, "v1").execute().getCommitId());
    expect(before, refs.logCommits(REPO, "main").execute().getResults().get(1).getId());
  }

  void presign() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    StagingLocation location =
        staging.getPhysicalAddress(REPO, "main", "presigned").presign(true).execute();
    HttpRequest upload =
        HttpRequest.newBuilder(URI.create(location.getPresignedUrl()))
            .PUT(HttpRequest.BodyPublishers.ofString("direct"))
            .build();
    HttpResponse<String> stored = http.send(upload, HttpResponse.BodyHandlers.ofString());
    expect(200, stored.statusCode());
    String tag = stored.headers().firstValue("ETag").orElseThrow().replace("\"", "");
    staging
        .linkPhysicalAddress(REPO, "main", "presigned",
            new StagingMetadata().staging(location).checksum(tag).sizeBytes(6L))
        .execute();
    ObjectStats shared = objects.statObject(REPO, "main", "presigned").presign(true).execute();
    HttpRequest download = HttpRequest.newBuilder(URI.create(shared.getPhysicalAddress())).build();
    expect("direct", http.send(download, HttpResponse.BodyHandlers.ofString()).body());
  }

  void delete() throws Exception {
    objects.deleteObject(REPO, "main", "new").execute();
    expectRefused(404, () -> read("main", "new"));
    List<String> some = list("main", "imported/").subList(0, 100);
    expect(0, objects.deleteObjects(REPO, "main", new PathList().paths(some)).execute()
        .getErrors().size());
    branches.resetBranch(REPO, "main", new ResetCreation()
        .type(ResetCreation.TypeEnum.RESET)).execute();
    expect("1", read("main", "new"));
    branches.deleteBranch(REPO, "dev").execute();
    repositories.deleteRepository(REPO).execute();
    expectRefused(404, () -> repositories.getRepository(REPO).execute());
  }

  public static void main(String[] args) throws Exception {
    ApiClient client = new ApiClient();
    client.setBasePath(args[0]);
    client.setUsername(args[1]);
    client.setPassword(args[2]);
    Tour tour = new Tour(client);
    step("create", () -> tour.create(args[5]));
    step("upload and read", tour::uploadAndRead);
    step("import and list", () -> tour.importAndList(args[3], Integer.parseInt(args[4])));
    step("branch and merge", tour::branchAndMerge);
    step("conflict", tour::conflict);
    step("revert and tag", tour::revertAndTag);
    step("presign", tour::presign);
    step("delete", tour::delete);
    System.exit(0); // The client's threads would linger.
  }
}
